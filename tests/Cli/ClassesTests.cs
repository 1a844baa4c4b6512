using System.Text.Json;
using GpuMlp.Devices;
using GpuMlp.Files;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests;

/// <summary>gpumlp train and grid with many classes and with numbers as labels.</summary>
public class ClassesTests
{
    [Fact]
    public void Three_blobs_are_learned_drawn_and_evaluated()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --data blobs --net 2-64-3 --loss cross-entropy --steps 3000 --snapshot-every 1000 --json --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("engine layers: not fused, it knows bce", outcome.Error);
        Assert.InRange(JsonDocument.Parse(outcome.Out).RootElement.GetProperty("accuracy").GetDouble(), 0.9, 1);
        using SKBitmap picture = SKBitmap.Decode(folder.File("run/boundary.png"));
        for (int k = 0; k < 3; k++) Assert.True(picture.Pixels.Count(p => (uint)p == Palette.Region(PlotStyle.Plain, k, 3)) > 1000, $"no region of class {k}");
        Assert.True(picture.Pixels.Count(p => (uint)p == Palette.Line) > 100);

        string model = folder.File("run/model.safetensors");
        Assert.Equal(0, Gpumlp.Run($"grid {model} --size 63x41 --value class --out", folder.File("c.npy")).ExitCode);
        using var device = ComputeDevice.Open("cpu");
        Model read = ModelFile.Load(model, device);
        using Sequential network = read.Network;
        Assert.Equal(("cross-entropy", 3, 3), (network.Loss.Name, network.Outputs, read.ClassNames.Count));
        byte[] classes = Npy.Read(folder.File("c.npy")).Values<byte>();
        Assert.Equal(new ClassEvaluator(network).Evaluate(GridSpec.FromSize(read.Window!.Value, 63, 41)), classes);
        Assert.Equal([0, 1, 2], classes.Distinct().Order().Select(c => (int)c));

        Gpumlp.Outcome refused = Gpumlp.Run($"grid {model} --quiet --size 9x9 --value logit --out", folder.File("z.npy"));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("has 3 outputs, one a class; allowed is class", Assert.Single(refused.ErrorLines));
    }

    [Fact]
    public void Numbers_are_fitted_and_come_back_as_logits()
    {
        using var folder = new ScratchFolder();
        File.WriteAllLines(folder.File("line.csv"), ["x,y,t", .. Enumerable.Range(0, 100).Select(k => FormattableString.Invariant($"{k % 10 / 10.0},{k / 10 / 10.0},{k % 10 / 5.0 - k / 10 / 20.0}"))]);
        Gpumlp.Outcome outcome = Gpumlp.Run("train --loss mse --lr 0.05 --batch 8 --steps 2000 --json --data", $"csv:{folder.File("line.csv")}", "--out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        JsonElement record = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal(JsonValueKind.Null, record.GetProperty("accuracy").ValueKind);
        Assert.InRange(record.GetProperty("rootMeanSquareError").GetDouble(), 0, 0.1);
        string model = folder.File("run/model.safetensors");
        Assert.Equal(0, Gpumlp.Run($"grid {model} --size 9x9 --value logit --out", folder.File("t.npy")).ExitCode);
        Assert.Equal(2, Gpumlp.Run($"grid {model} --size 9x9 --out", folder.File("p.npy")).ExitCode);
    }

    [Fact]
    public void Two_classes_by_mse_end_in_a_sigmoid()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --loss mse --steps 5000 --no-plots --json --out", folder.File("run"));
        Assert.InRange(JsonDocument.Parse(outcome.Out).RootElement.GetProperty("accuracy").GetDouble(), 0.9, 1);
        Assert.False(SafetensorsFile.Read(folder.File("run/model.safetensors")).Metadata.ContainsKey("output"));
    }

    [Theory]
    [InlineData("train --loss cross-entropy", "--net 2-50-1: --loss cross-entropy needs an output a class, and --data moons has 2")]
    [InlineData("train --loss cross-entropy --net 2-50-3", "the last width is 2, as in 2-50-2")]
    [InlineData("train --loss mse --net 2-50-2", "--loss mse needs one output")]
    [InlineData("train --loss mse --engine fused --quiet", "--engine fused: the fused engine cannot train this: it knows bce")]
    [InlineData("train --data blobs --samples 2 --net 2-8-3 --loss cross-entropy", "--samples 2: 3 blobs")]
    [InlineData("sweep --loss mse", "--loss mse: a sweep trains")]
    public void What_does_not_go_together_is_refused(string command, string message)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"{command} --out", folder.File("run"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
    }
}
