using System.Globalization;
using System.Text.Json;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Records;
using GpuMlp.Tests.Grids;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Input;

/// <summary>
/// Data of small spread, of huge and tiny values and of constants trains and is drawn; windows that cannot be drawn are refused at once.
/// </summary>
public class WindowTests
{
    /// <summary>Ways to place two columns of numbers in places where float32 is too coarse, too small or too narrow for them.</summary>
    static readonly Dictionary<string, Func<double, double, (double, double)>> Kinds = new()
    {
        ["survey"] = (x, y) => (500_000 + x, 5_400_000 + y),
        ["gps"] = (x, y) => (116.3912 + 1e-5 * x, 39.90735 + 1e-5 * y),
        ["time"] = (x, y) => (1.7e9 + 100 * x, y),
        ["nano"] = (x, y) => (1e9 + 1e-3 * x, -3e8 + 1e-4 * y),
        ["tiny"] = (x, y) => (1e-30 * x, 1e-32 * y),
        ["mixed"] = (x, y) => (7e203 + 1e200 * x, 1e-20 * y),
        ["near"] = (x, _) => (16777216 + Math.Round(x), 1),
        ["subnormal"] = (x, _) => (Math.Round(3 + x) * 1e-45, 1),
        ["constants"] = (_, _) => (1e30, 2),
        ["large"] = (x, _) => (x, 20260714),
        ["big"] = (x, y) => (3e38 * Math.Sign(x), -3.4e38 * Math.Sign(y)),
    };

    [Theory]
    [InlineData("survey")]
    [InlineData("gps")]
    [InlineData("time")]
    [InlineData("nano")]
    [InlineData("tiny")]
    [InlineData("mixed")]
    public void MovedDataTrainsAndIsDrawnAsIfItHadNotBeenMoved(string kind)
    {
        using var folder = new ScratchFolder();
        const string options = "--net 2-16-1 --lr 0.1 --steps 3000 --batch 4 --standardize --snapshot-every 0 --quiet --json";
        byte[][] classes = [.. new[] { "plain", kind }.Select(name =>
        {
            Gpumlp.Outcome outcome = Gpumlp.Run($"train {options} --data csv:{Write(folder, name)} --out", folder.File($"{name}-run"));
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            Assert.InRange(JsonDocument.Parse(outcome.Out).RootElement.GetProperty("accuracy").GetDouble(), 0.99, 1);
            Assert.True(File.Exists(folder.File($"{name}-run/boundary.png")) && File.Exists(folder.File($"{name}-run/data.png")));
            string model = folder.File($"{name}-run/model.safetensors");
            Run($"grid {model} --size 100x100 --value class --quiet --out", folder.File($"{name}.npy"));
            return Npy.Read(folder.File($"{name}.npy")).Values<byte>().ToArray();
        })];
        Assert.InRange(classes[0].Zip(classes[1]).Count(pair => pair.First != pair.Second), 0, 50);
        // the coordinates in the file are the data's own
        Run($"grid {folder.File($"{kind}-run/model.safetensors")} --size 5x5 --quiet --out", folder.File("g.csv"));
        double[][] rows = [.. File.ReadLines(folder.File("g.csv")).Skip(1).Select(Numbers)];
        Assert.Equal(5, rows.Select(row => row[0]).Distinct().Count());
        Assert.Equal(5, rows.Select(row => row[1]).Distinct().Count());

        static double[] Numbers(string line) => [.. line.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
    }

    [Theory]
    [InlineData("survey", "column b: ", "as float32; --standardize keeps them apart")]
    [InlineData("nano", "column a: 199 different values become 1 as float32", "column b: 190 different values become 1 as float32")]
    [InlineData("near")]
    [InlineData("near --standardize")]
    [InlineData("subnormal")]
    [InlineData("subnormal --standardize")]
    [InlineData("constants")]
    [InlineData("constants --standardize")]
    [InlineData("large --standardize")]
    [InlineData("large")]
    [InlineData("big --standardize")]
    [InlineData("tiny")]
    public void AWindowThatTheDataGivesIsDrawn(string kind, params string[] notes)
    {
        using var folder = new ScratchFolder();
        string[] parts = kind.Split(' ');
        string data = $"--data csv:{Write(folder, parts[0])} --steps 200 {string.Join(' ', parts[1..])}";
        Gpumlp.Outcome train = Run($"train {data} --out", folder.File("run")), sweep = Run($"sweep {data} --out", folder.File("sweep"));
        foreach (string note in notes) Assert.True(train.Error.Contains(note) && sweep.Error.Contains(note), train.Error + sweep.Error);
        if (notes.Length == 0) Assert.DoesNotContain("different values", train.Error + sweep.Error);
        foreach (string file in (string[])["run/boundary.png", "run/boundary.gif", "sweep/mosaic.png"])
            Assert.True(File.Exists(folder.File(file)), file);
        Run($"train --config {folder.File("run/run.json")} --quiet --out", folder.File("again"));
    }

    [Theory]
    [InlineData("--window -3.5e38:3.5e38,0:1", "--window -3.5E+38:3.5E+38,0:1: x is beyond float32; give another, or none")]
    [InlineData("--window 0:1e-44,0:1e-44", "finer than float32's spacing at 0; give another")]
    [InlineData("--window 1:1.000005,1:1.000005", "finer than float32's spacing at 1")]
    [InlineData("--window 1e-320:1e-310,0:1", "finer than float32's spacing at 0")]
    [InlineData("--window 0:1,16777216:16777270", "points along y are finer")]
    [InlineData("--window -1e300:1e300,0:1", "x is beyond float32")]
    [InlineData("--window 0:1,1e300:1.1e300 --standardize", "y is beyond float32, in the network's standardized units")]
    [InlineData("--data circles --window 1e9:1.00000001e9,0:1 --standardize", "finer than float32's spacing")]
    [InlineData("--noise 1e300", "--noise 1e300: the points are beyond float32; noise is at most 1E+37")]
    [InlineData("--noise 1e300 --standardize", "beyond float32")]
    [InlineData("--noise 1e38", "beyond float32")]
    [InlineData("--noise 1e39 --standardize --data circles", "beyond float32")]
    [InlineData("--noise 1e300 --data xor", "beyond float32")]
    [InlineData("--noise 1e300 --data spirals --standardize", "beyond float32")]
    public void WhatCannotBeDrawnOrMadeIsRefusedBeforeTheWork(string options, string message)
    {
        using var folder = new ScratchFolder();
        foreach (string verb in (string[])["train", "sweep"])
        {
            string snapshots = verb == "train" ? "--snapshot-every 0" : "";
            Gpumlp.Outcome outcome = Gpumlp.Run($"{verb} {options} --steps 2000000 {snapshots} --out", folder.File("run"));
            Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
            Assert.Contains(message, Assert.Single(outcome.ErrorLines));
        }
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("--standardize")]
    [InlineData("")]
    public void LabelsThatFloat32DoesNotTellApartAreTold(string options)
    {
        using var folder = new ScratchFolder();
        File.WriteAllLines(folder.File("t.csv"), ["x,t", .. Enumerable.Range(0, 200).Select(k => $"{k},{1_700_000_000 + k}")]);
        string train = $"--loss mse --net 1-2-1 --lr 1e-30 --steps 9 --no-plots {options} --data csv:{folder.File("t.csv")} --out";
        foreach (string verb in (string[])["train", "sweep"])
        {
            Gpumlp.Outcome outcome = Gpumlp.Run($"{verb} {train}", folder.File(verb));
            Assert.Contains("the labels: 200 different values become 3 as float32", outcome.Error);
        }
    }

    [Fact]
    public void MoonsThatNoiseBlewApartAreDrawnWhereTheyAre()
    {
        using var folder = new ScratchFolder();
        foreach (string verb in (string[])["train", "sweep"])
            Run($"{verb} --noise 1e30 --standardize --steps 100 --quiet --out", folder.File(verb));
        JsonElement record = JsonDocument.Parse(File.ReadAllText(folder.File("train/run.json"))).RootElement;
        string window = record.GetProperty("config").GetProperty("window").GetString()!;
        Assert.True(Window.Parse(window).X1 > 1e30, window);
    }

    [Theory]
    [InlineData(1e-300, "is beyond float32, in the network's standardized units")]
    [InlineData(1e300, "finer than float32's spacing at 0, in the network's standardized units")]
    [InlineData(1, "")]
    public void AStandardizedModelRefusesAWindowWhateverIsAskedFor(double deviation, string message)
    {
        using var folder = new ScratchFolder();
        string model = folder.File("m.safetensors");
        using (var device = ComputeDevice.Open("cpu"))
        using (Sequential network = BoundaryFinderTests.Random(device, "2-9-1", Activation.ReLU, 4))
        {
            var standardizer = new Standardizer([0, 0], [deviation, deviation]);
            ModelFile.Save(model, new Model(network, new(-1.5, 2.5, -1, 1.5), standardizer, ["0", "1"]));
        }
        (string, string)[] outputs = [("probability", "npy"), ("class", "png"), ("logit", "csv"), ("boundary", "svg")];
        foreach ((string value, string kind) in outputs)
        {
            foreach (string window in (string[])["--x 0:1 --y 0:1 --size 64x64", "--x 0:1 --y 0:1 --step 0.1"])
            {
                Gpumlp.Outcome outcome = Gpumlp.Run($"grid {model} {window} --value {value} --quiet --out", folder.File($"g.{kind}"));
                Assert.Equal(message == "" ? 0 : 2, outcome.ExitCode);
                Assert.Contains(message, message == "" ? "" : Assert.Single(outcome.ErrorLines));
                File.Delete(folder.File($"g.{kind}"));
            }
        }
        if (message != "")
        {
            Gpumlp.Outcome outcome = Gpumlp.Run($"grid {model} --size 9x9 --out", folder.File("g.npy"));
            Assert.Contains("m.safetensors: its window", outcome.Error);
        }
        foreach (string narrow in message == "" ? (string[])["1:1.0000001", "1e9:1.00000001e9"] : [])
            Assert.Contains("finer than", Gpumlp.Run($"grid {model} --x {narrow} --y 0:1 --size 64x64 --out", folder.File("g.npy")).Error);
        Assert.Equal(["m.safetensors"], folder.Names);
    }

    [Theory]
    [InlineData("probability", "npy")]
    [InlineData("probability", "png")]
    [InlineData("class", "npy")]
    [InlineData("class", "png")]
    [InlineData("class", "csv")]
    [InlineData("logit", "csv")]
    [InlineData("boundary", "csv")]
    public void WhatIsNotANumberIsCounted(string value, string kind)
    {
        using var folder = new ScratchFolder();
        using (var device = ComputeDevice.Open("cpu"))
        using (Sequential network = BoundaryFinderTests.Random(device, "2-9-1", Activation.ReLU, 4))
        {
            foreach (var parameter in network.Parameters())
                parameter.Value.CopyFrom([.. parameter.Value.ToArray().Select(w => w * 1e30f)]);
            ModelFile.Save(folder.File("m.safetensors"), new Model(network, new(-1.5, 2.5, -1, 1.5), null, ["0", "1"]));
        }
        string output = folder.File($"g.{kind}");
        Gpumlp.Outcome outcome = Run($"grid {folder.File("m.safetensors")} --size 40x30 --value {value} --json --out", output);
        Assert.Contains(" points are not numbers", outcome.Error);
        long notNumbers = JsonDocument.Parse(outcome.Out).RootElement.GetProperty("notNumbers").GetInt64();
        if (value != "boundary") Assert.InRange(notNumbers, 1, 1200);
        if ((value, kind) == ("class", "npy")) Assert.Equal(notNumbers, Npy.Read(output).Values<byte>().ToArray().Count(c => c == 255));
        if (kind == "csv" && value != "boundary")
            Assert.Equal(notNumbers, File.ReadLines(output).Count(line => line.EndsWith(",NaN", StringComparison.Ordinal)));
        if (kind == "png")
        {
            using var picture = SkiaSharp.SKBitmap.Decode(output);
            Assert.Equal(notNumbers, picture.Pixels.Count(pixel => (uint)pixel == GpuMlp.Plotting.Palette.Missing));
        }
    }

    static Gpumlp.Outcome Run(string arguments, string path)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run(arguments, path);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    static string Write(ScratchFolder folder, string kind)
    {
        DataSet moons = DataSets.MakeMoons(200, 0.05, seed: 1);
        string path = folder.File($"{kind}.csv");
        File.WriteAllLines(path, Enumerable.Range(0, moons.Count).Select(row =>
        {
            (double x, double y) = (moons.Value(row, 0), moons.Value(row, 1));
            (double a, double b) = kind == "plain" ? (x, y) : Kinds[kind](x, y);
            return string.Create(CultureInfo.InvariantCulture, $"{a:R},{b:R},{moons.Labels[row]}");
        }).Prepend("a,b,label"));
        return path;
    }
}
