using System.Text.Json;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using GpuMlp.Records;
using GpuMlp.Tests.Plotting;
using GpuMlp.Tests.Support;
using SkiaSharp;

namespace GpuMlp.Tests.Cli.Input;

/// <summary>gpumlp train and grid with many classes and with numbers as labels.</summary>
public class ClassesTests
{
    [Fact]
    public void ThreeBlobsAreLearnedDrawnAndEvaluated()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run(
            "train --data blobs --net 2-64-3 --loss cross-entropy --steps 3000 --snapshot-every 1000 --json --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("engine fused: 387 parameters at batch 1", outcome.Error);
        Assert.InRange(JsonDocument.Parse(outcome.Out).RootElement.GetProperty("accuracy").GetDouble(), 0.9, 1);
        using SKBitmap picture = SKBitmap.Decode(folder.File("run/boundary.png"));
        AssertRegions(picture);
        Assert.True(picture.Pixels.Count(p => (uint)p == Palette.Line) > 100);

        string model = folder.File("run/model.safetensors");
        Assert.Equal(0, Gpumlp.Run($"grid {model} --size 63x41 --out", folder.File("c.npy")).ExitCode);
        using var device = ComputeDevice.Open("cpu");
        Model read = ModelFile.Load(model, device);
        using Sequential network = read.Network;
        Assert.Equal(("cross-entropy", 3, 3), (network.Loss.Name, network.Outputs, read.ClassNames.Count));
        byte[] classes = Npy.Read(folder.File("c.npy")).Values<byte>();
        Assert.Equal(new ClassEvaluator(network).Evaluate(GridSpec.FromSize(read.Window!.Value, 63, 41)), classes);
        Assert.Equal([0, 1, 2], classes.Distinct().Order().Select(c => (int)c));

        string grid = $"grid {model} --quiet --size 63x41 --value probability --out";
        Assert.Equal(0, Gpumlp.Run(grid, folder.File("p.npy")).ExitCode);
        NpyArray all = Npy.Read(folder.File("p.npy"));
        Assert.Equal([41, 63, 3], all.Shape);
        float[] p = all.Values<float>();
        for (int point = 0; point < classes.Length; point++)
        {
            float[] shares = p[(3 * point)..(3 * point + 3)];
            Assert.Equal(1, shares.Sum(), 1e-6f);
            Assert.Equal(shares.Max(), shares[classes[point]]);
        }
        Assert.Equal(0, Gpumlp.Run(grid, folder.File("one.npy"), "--class", read.ClassNames[1]).ExitCode);
        Assert.Equal(p.Where((_, k) => k % 3 == 1), Npy.Read(folder.File("one.npy")).Values<float>());
        Assert.Equal(0, Gpumlp.Run(grid, folder.File("one.png"), "--class", "2").ExitCode);
        Assert.Contains("allowed are .npy and -; --class C takes one of them", Gpumlp.Run(grid, folder.File("all.png")).Error);
        Assert.Contains("--class 7: there are ", Gpumlp.Run(grid, folder.File("no.npy"), "--class", "7").Error);

        Gpumlp.Outcome lines = Gpumlp.Run($"grid {model} --quiet --size 99x99 --value boundary --out", folder.File("z.svg"));
        Assert.Equal((0, ""), (lines.ExitCode, lines.Error));
        Assert.Contains("<polyline points=", File.ReadAllText(folder.File("z.svg")));
        Gpumlp.Outcome refused = Gpumlp.Run($"grid {model} --quiet --size 9x9 --value boundary --class 1 --out", folder.File("y.svg"));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--class 1: goes with --value probability or logit", Assert.Single(refused.ErrorLines));
    }

    [Fact]
    public void ASweepOfClassesDrawsTheirRegionsAndKeepsTheBestAsTrainMakesIt()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run(
            "sweep --device cpu --data blobs --net 2-16-3,2-16-4 --loss cross-entropy --optimizer sgd,adam --seeds 1..2 --steps 500 " +
            "--json --out",
            folder.File("sweep"));
        Assert.Equal(0, outcome.ExitCode);
        using SKBitmap mosaic = Pictures.Decode(folder.File("sweep/mosaic.png"));
        AssertRegions(mosaic);
        JsonElement best = JsonDocument.Parse(outcome.Out).RootElement.GetProperty("best").GetProperty("config");
        string options = string.Join(' ', ((string[])["net", "optimizer", "seed"]).Select(name => $"--{name} {best.GetProperty(name)}"));
        options += $" --data-seed {best.GetProperty("dataSeed")}";
        string command = $"train --data blobs --loss cross-entropy --steps 500 --no-plots --quiet {options} --out";
        Assert.Equal(0, Gpumlp.Run(command, folder.File("alone")).ExitCode);
        Assert.Equal(File.ReadAllBytes(folder.File("alone/model.safetensors")), File.ReadAllBytes(folder.File("sweep/best.safetensors")));
    }

    static void AssertRegions(SKBitmap picture)
    {
        for (int k = 0; k < 3; k++)
        {
            int pixels = picture.Pixels.Count(p => (uint)p == Palette.Region(PlotStyle.Plain, k, 3));
            Assert.True(pixels > 1000, $"no region of class {k}");
        }
    }

    [Fact]
    public void NumbersAreFittedAndComeBackAsLogits()
    {
        using var folder = new ScratchFolder();
        File.WriteAllLines(folder.File("line.csv"), ["x,y,t", .. Enumerable.Range(0, 100).Select(Row)]);
        string data = $"csv:{folder.File("line.csv")}";
        Gpumlp.Outcome outcome = Gpumlp.Run(
            "train --loss mse --lr 0.05 --batch 8 --steps 2000 --json --data", data, "--out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        JsonElement record = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal(JsonValueKind.Null, record.GetProperty("accuracy").ValueKind);
        Assert.InRange(record.GetProperty("rootMeanSquareError").GetDouble(), 0, 0.1);
        string model = folder.File("run/model.safetensors");
        Assert.Equal(0, Gpumlp.Run($"grid {model} --size 9x9 --out", folder.File("t.npy")).ExitCode);
        Assert.Equal(2, Gpumlp.Run($"grid {model} --size 9x9 --value probability --out", folder.File("p.npy")).ExitCode);

        static string Row(int k) => FormattableString.Invariant($"{k % 10 / 10.0},{k / 10 / 10.0},{k % 10 / 5.0 - k / 10 / 20.0}");
    }

    [Fact]
    public void TwoClassesByMseEndInASigmoid()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --loss mse --steps 5000 --no-plots --json --out", folder.File("run"));
        Assert.InRange(JsonDocument.Parse(outcome.Out).RootElement.GetProperty("accuracy").GetDouble(), 0.9, 1);
        Assert.False(SafetensorsFile.Read(folder.File("run/model.safetensors")).Metadata.ContainsKey("output"));
    }

    [Theory]
    [InlineData("train --loss cross-entropy",
        "--net 2-50-1: cross-entropy takes an output per class, and the data has 2; the network has 1")]
    [InlineData("train --loss cross-entropy --net 2-50-3",
        "--net 2-50-3: cross-entropy takes an output per class, and the data has 2; the network has 3")]
    [InlineData("train --loss mse --net 2-50-2", "mse takes one output")]
    [InlineData("train --data blobs --samples 2 --net 2-8-3 --loss cross-entropy", "--samples 2: 3 blobs")]
    [InlineData("sweep --loss bce,cross-entropy",
        "--net 2-50-1: cross-entropy takes an output per class, and the data has 2; the network has 1")]
    [InlineData("sweep --net 2-8-1,2-8-3 --loss mse", "--net 2-8-3: mse takes one output")]
    public void WhatDoesNotGoTogetherIsRefused(string command, string message)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"{command} --out", folder.File("run"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
    }
}
