using System.Globalization;
using GpuMlp.Formats;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Grid;

/// <summary>Grids and pictures of models that derive features: these are computed at each point, as predict computes them.</summary>
public sealed class DerivedGridTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("circles --derive x^2,y^2 --net 4-8-1", "", "x,y")]
    [InlineData("circles --derive x^2,y^2 --net 4-8-1 --standardize", "--axes y,x", "y,x")]
    [InlineData("blobs --derive x*y --net 3-8-3 --loss cross-entropy", "--value probability --class 2", "x,y")]
    public void AGridIsWhatPredictSays(string train, string grid, string axes)
    {
        Run($"train --device cpu --steps 300 --no-plots --quiet --data {train} --out", folder.File("run"));
        string model = folder.File("run/model.safetensors");
        Run($"grid {model} --device cpu --x -2:2 --y -1:2 --size 5x4 {grid} --out", folder.File("g.csv"));
        string[] lines = File.ReadAllLines(folder.File("g.csv"));
        Assert.Equal(($"{axes},probability", 21), (lines[0], lines.Length));
        double[][] points = [.. lines.Skip(1).Select(line => (double[])[.. line.Split(',').Select(Number)])];
        bool swapped = axes == "y,x";                               // predict takes the columns of generated data by their places
        File.WriteAllLines(folder.File("p.csv"), lines.Skip(1).Select(line => line.Split(','))
            .Select(fields => swapped ? $"{fields[1]},{fields[0]}" : $"{fields[0]},{fields[1]}"));
        Run($"predict {model} --device cpu --data {folder.File("p.csv")} --out", folder.File("q.csv"));
        double[] predicted = [.. File.ReadLines(folder.File("q.csv")).Skip(1).Select(line => Number(line.Split(',')[^1]))];
        Assert.Equal(predicted.Length, points.Length);
        for (int k = 0; k < points.Length; k++) Assert.Equal(predicted[k], points[k][2], 1e-5);
        Assert.True(predicted.Distinct().Count() > 5);

    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public void APictureShowsTheNetworkAndNotOneOfItsPlanes()
    {
        const string train = "train --device cpu --steps 3000 --lr 0.1 --quiet --snapshot-every 0";
        Run($"{train} --data circles --derive x^2,y^2 --net 4-8-1 --out", folder.File("run"));
        Run($"grid {folder.File("run/model.safetensors")} --device cpu --size 40x40 --value class --out", folder.File("c.npy"));
        byte[] classes = Npy.Read(folder.File("c.npy")).Values<byte>().ToArray();
        Assert.Equal((0, 1), (classes[0], classes[20 * 40 + 20]));                               // outside the circles, and within them
        Assert.Equal((0, 0), (classes[39], classes[^1]));
    }

    [Theory]
    [InlineData("--value boundary --out b.svg", "--value boundary: ")]
    [InlineData("--fix x^2=1 --out g.npy", "--fix x^2=1: x^2 is derived from other features; hold those")]
    [InlineData("--form piecewise --out g.npy", "--form piecewise: ")]
    public void WhatADerivedFeatureDoesNotAllowIsSaid(string options, string message)
    {
        Run("train --device cpu --steps 1 --no-plots --quiet --data circles --derive x^2 --net 3-4-1 --out", folder.File("run"));
        Gpumlp.Outcome outcome = Gpumlp.Shell($"exec $gpumlp grid run/model.safetensors --device cpu --size 4x4 {options}", folder.Path);
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"gpumlp: {message}", outcome.Error);
    }

    static void Run(string arguments, string path)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run(arguments, path);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
