using System.Text.Json;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Records;
using GpuMlp.Tests.Grids;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;
using SkiaSharp;

namespace GpuMlp.Tests.Cli.Grid;

/// <summary>The verb grid: it writes what the library computes, and refuses in one line what cannot be.</summary>
public class GridTests
{
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);

    [Fact]
    public void EveryOutputHoldsTheGrid()
    {
        using var folder = new ScratchFolder();
        string model = Save(folder, "2-9-1");
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = ModelFile.Load(model, device).Network;
        GridSpec grid = GridSpec.FromSize(Shown, 63, 41);
        float[] probabilities = GridEvaluator.Evaluate(network, grid);
        float[] logits = new GridEvaluator(network).Evaluate(grid, GridValue.Logit);
        byte[] classes = new GridEvaluator(network).EvaluateClasses(grid);

        Gpumlp.Outcome outcome = Run(folder, "--size 63x41 --json", "p.npy");
        JsonElement json = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal(1, json.GetProperty("schemaVersion").GetInt32());
        Assert.Equal((63 * 41, "registers"), (json.GetProperty("points").GetInt32(), json.GetProperty("form").GetString()));
        Assert.True(json.GetProperty("pointsPerSecond").GetDouble() > 0);
        Assert.Equal(["compile", "evaluate", "open", "write"], json.GetProperty("timings").EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal([41, 63], Npy.Read(folder.File("p.npy")).Shape);
        Assert.Equal(probabilities, Npy.Read(folder.File("p.npy")).Values<float>());

        Run(folder, "--x -1.5:2.5 --y -1:1.5 --size 63x41 --value logit", "z.npy");
        Assert.Equal(logits, Npy.Read(folder.File("z.npy")).Values<float>());
        Run(folder, "--size 63x41 --value class", "c.npy");
        Assert.Equal(classes, Npy.Read(folder.File("c.npy")).Values<byte>());
        Run(folder, "--size 63x41 --form piecewise", "w.npy");
        Assert.All(Npy.Read(folder.File("w.npy")).Values<float>().Zip(probabilities), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        Run(folder, "--size 63x41", "p.csv");
        string[] rows = File.ReadAllLines(folder.File("p.csv"));
        Assert.Equal(("x,y,probability", 63 * 41 + 1), (rows[0], rows.Length));
        Assert.Equal(FormattableString.Invariant($"{grid.X[1]:R},{grid.Y[1]:R},{probabilities[64]:R}"), rows[65]);

        Run(folder, "--size 63x41 --value class", "c.png");
        using SKBitmap picture = SKBitmap.Decode(folder.File("c.png"));
        Assert.Equal((63, 41), (picture.Width, picture.Height));
        var colours = new SKColor?[2];
        for (int row = 0; row < 41; row++)
        {
            for (int column = 0; column < 63; column++)
            {
                SKColor pixel = picture.GetPixel(column, 40 - row);
                Assert.Equal(colours[classes[row * 63 + column]] ??= pixel, pixel);
            }
        }
        Assert.Equal(["c.npy", "c.png", "model.safetensors", "p.csv", "p.npy", "w.npy", "z.npy"], folder.Names.Order());
    }

    [Fact]
    public void BoundariesAreLinesWithoutAGrid()
    {
        using var folder = new ScratchFolder();
        Save(folder, "2-9-1");
        Run(folder, "--size 65536x65536 --value boundary", "exact.csv");
        Run(folder, "--size 65536x65536 --value boundary", "line.svg");
        string[] rows = File.ReadAllLines(folder.File("exact.csv"));
        Assert.Equal("line,x,y", rows[0]);
        Assert.True(rows.Length > 2);
        Assert.Contains("<polyline", File.ReadAllText(folder.File("line.svg")));

        Save(folder, "2-9-8-1");
        JsonElement json = JsonDocument.Parse(Run(folder, "--size 65536x65536 --value boundary --json", "found.csv").Out).RootElement;
        Assert.Equal("adaptive", json.GetProperty("form").GetString());
        Assert.InRange(json.GetProperty("evaluations").GetInt64(), 1, (1L << 32) / 100);
    }

    [Theory]
    [InlineData("--out FILE.npy", "one of --size WIDTHxHEIGHT and --step S is needed")]
    [InlineData("--size 3x3 --step 1 --out FILE.npy", "exclude each other")]
    [InlineData("--size 3x3", "--out FILE is needed")]
    [InlineData("--size 3 --out FILE.npy", "--size 3: two whole numbers")]
    [InlineData("--size 0x3 --out FILE.npy", "--size 0x3: a grid has at least one column and one row")]
    [InlineData("--step 0 --out FILE.npy", "--step 0: a step is positive")]
    [InlineData("--step 0.00001 --out FILE.npy", "allowed are 10,000,000,000")]
    [InlineData("--x 1:0 --y 0:1 --size 3x3 --out FILE.npy", "a window is x0:x1,y0:y1")]
    [InlineData("--x nan:1 --y 0:1 --size 3x3 --out FILE.npy", "a window is x0:x1,y0:y1")]
    [InlineData("--x 0:1 --size 3x3 --out FILE.npy", "--x and --y go together")]
    [InlineData("--x 1:1.000001 --y 0:1 --size 99x3 --out FILE.npy", "finer than float32's spacing")]
    [InlineData("--size 3x3 --out FILE.gif", "allowed are .npy, .png, .csv, -")]
    [InlineData("--size 3x3 --value boundary --out FILE.npy", "allowed are .csv, .svg")]
    [InlineData("--size 3x3 --value colour --out FILE.npy", "--value colour: allowed are")]
    [InlineData("--size 3x3 --out - --json", "stdout is taken by --json")]
    [InlineData("--size 3x3 --out FILE/x.npy", "there is no folder")]
    [InlineData("--size 3x3 --value boundary --form piecewise --out FILE.csv", "--form piecewise: is a way to compute rows")]
    [InlineData("--size 3x3 --form piecewise --device cpu:ilgpu --out FILE.npy",
        "--form piecewise: is computed by the processor itself: --device cpu")]
    [InlineData("--step 1e-300 --out FILE.npy", "makes 4e+300 ×")]
    [InlineData("--size 3x3 --out model.safetensors", "allowed are .npy")]
    public void BadOptionsAreNamed(string options, string message)
    {
        using var folder = new ScratchFolder();
        string model = Save(folder, "2-3-1");
        Refused(folder, $"grid {model} --quiet {options.Replace("FILE", folder.File("grid"))}", message);
    }

    [Fact]
    public void ModelsThatDoNotFitAreNamed()
    {
        using var folder = new ScratchFolder();
        string model = Save(folder, "3-4-1"), output = folder.File("x.npy");
        Refused(folder, $"grid {model} --quiet --size 3x3 --out {output}", "has 3 inputs (x1, x2, x3); --axes A,B says");
        // two features are left where the third is held
        Assert.Equal(0, Gpumlp.Run($"grid {model} --quiet --fix x2=1 --x 0:1 --y 0:1 --size 3x3 --out {output}").ExitCode);
        Gpumlp.Run($"grid {model} --quiet --fix x2=1 --axes x1,x3 --x 0:1 --y 0:1 --size 3x3 --out {folder.File("y.npy")}");
        Assert.Equal(File.ReadAllBytes(folder.File("y.npy")), File.ReadAllBytes(output));
        File.Delete(folder.File("y.npy"));
        File.Delete(output);
        Save(folder, "2-4-4-1");
        Refused(folder, $"grid {model} --quiet --form piecewise --size 3x3 --out {output}", "--form piecewise: piecewise rows need");
        File.WriteAllBytes(model, File.ReadAllBytes(model)[..^7]);
        Refused(folder, $"grid {model} --quiet --size 3x3 --out {output}", "model.safetensors");
        File.Delete(model);
        Refused(folder, $"grid {model} --quiet --size 3x3 --out {output}", "there is no such file");
    }

    [Fact]
    public void AFullDiskIsAFailure()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("This machine has no /dev/full.");
        using var folder = new ScratchFolder();
        string program = Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll");
        string line = $"dotnet '{program}' grid '{Save(folder, "2-3-1")}' --quiet --size 999x999 --out - > /dev/full";
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith("gpumlp: ", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    static void Refused(ScratchFolder folder, string arguments, string message)
    {
        var before = folder.Names.Order().ToList();
        Gpumlp.Outcome outcome = Gpumlp.Run(arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
        Assert.Equal(before, folder.Names.Order());
    }

    static Gpumlp.Outcome Run(ScratchFolder folder, string options, string output)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"grid {folder.File("model.safetensors")} {options} --out {folder.File(output)}");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    static string Save(ScratchFolder folder, string net)
    {
        string path = folder.File("model.safetensors");
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = net.StartsWith("2-", StringComparison.Ordinal)
            ? BoundaryFinderTests.Random(device, net, Activation.ReLU, 4) : GridEvaluatorTests.Build(device, net, Activation.ReLU, 4);
        ModelFile.Save(path, new Model(network, net[0] == '2' ? Shown : null, null, ["0", "1"]));
        return path;
    }
}
