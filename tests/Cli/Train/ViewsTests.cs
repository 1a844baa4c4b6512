using GpuMlp.Tests.Plotting;
using GpuMlp.Tests.Support;
using SkiaSharp;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>train --views: what hidden units compute, histograms of weights, and the plane as a layer of two units bends it.</summary>
public class ViewsTests
{
    static Gpumlp.Outcome Train(ScratchFolder folder, string options) =>
        Gpumlp.Run($"train --device cpu --quiet {options} --out", folder.File("made"));

    static (int Width, int Height) Size(string path)
    {
        using SKBitmap picture = Pictures.Decode(path);
        return (picture.Width, picture.Height);
    }

    [Fact]
    public void AllThreeAreWrittenAndTheAnimationHasAFramePerSnapshot()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Train(folder, "--net 2-12-2-1 --steps 100 --snapshot-every 25 --views warp,units,weights").ExitCode);
        // a row of ten tiles and one of two, and a row of two
        Assert.Equal((1240, 60 + 2 * (34 + 10) + 3 * (81 + 20) + 28), Size(folder.File("made/units.png")));
        Assert.Equal((1240, 60 + 3 * (330 + 36)), Size(folder.File("made/weights.png")));
        using SKCodec warp = SKCodec.Create(folder.File("made/warp.gif"));
        Assert.Equal((5, 640, 480), (warp.FrameCount, warp.Info.Width, warp.Info.Height));
        Assert.Equal(0, Train(folder, "--force --steps 3 --snapshot-every 0").ExitCode);
        foreach (string name in (string[])["units.png", "weights.png", "warp.gif"])
            Assert.False(File.Exists(folder.File($"made/{name}")), name);
    }

    [Theory]
    [InlineData("--loss mse --net 2-4-2-1 --data {0} --views units,weights,warp", 6)]
    [InlineData("--net 2-2-1 --snapshot-every 0 --views units,weights,warp --data moons", 1)]
    [InlineData("--net 3-2-1 --derive x*y --axes 1,3 --views units,weights,warp --data moons", 6)]
    [InlineData("--net 2-5-2-3 --loss cross-entropy --views units,weights,warp --data blobs", 6)]
    public void NumbersManyFeaturesSeveralClassesAndRunsWithoutSnapshotsHaveThemToo(string options, int frames)
    {
        using var folder = new ScratchFolder();
        File.WriteAllLines(folder.File("plane.csv"), ["a,b,c", .. Enumerable.Range(0, 30).Select(k => $"{k % 5},{k / 5},{k * k}")]);
        string every = options.Contains("--snapshot-every") ? "" : "--snapshot-every 10";
        Gpumlp.Outcome outcome = Train(folder, $"--steps 50 {every} {options.Replace("{0}", folder.File("plane.csv"))}");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        using SKCodec warp = SKCodec.Create(folder.File("made/warp.gif"));
        Assert.Equal(frames, Math.Max(1, warp.FrameCount));
        Assert.All((string[])["units.png", "weights.png"], name => Assert.Equal(1240, Size(folder.File($"made/{name}")).Width));
    }

    [Fact]
    public void OneFeatureHasUnitsAsCurves()
    {
        using var folder = new ScratchFolder();
        File.WriteAllLines(folder.File("line.csv"), ["a,b", .. Enumerable.Range(0, 30).Select(k => $"{k},{k * k}")]);
        string options = $"--data {folder.File("line.csv")} --standardize --loss mse";
        Assert.Equal(0, Train(folder, $"{options} --net 1-4-1 --steps 30 --views units").ExitCode);
        Assert.Equal((1240, 60 + 34 + 10 + 81 + 20 + 28), Size(folder.File("made/units.png")));
        Gpumlp.Outcome warp = Train(folder, $"--force {options} --net 1-2-1 --views warp");
        Assert.Equal(2, warp.ExitCode);
        Assert.Contains("the data has one feature", Assert.Single(warp.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--views wrap", "--views wrap: allowed are units, weights, warp; did you mean warp?")]
    [InlineData("--views units,", "--views units,: allowed are units, weights, warp")]
    [InlineData("--views warp", "no hidden layer of --net 2-50-1 has two")]
    [InlineData("--views warp --net 2-8-2", "no hidden layer of --net 2-8-2 has two")]
    [InlineData("--views units --net 2-1", "--net 2-1 has no hidden units")]
    [InlineData("--views weights --no-plots", "--no-plots leaves all pictures out")]
    [InlineData("--views weights --api modules", "--api modules runs the tutorial's sample")]
    public void WhatCannotBeDrawnIsRefusedBeforeTheTraining(string options, string message)
    {
        using var folder = new ScratchFolder();
        if (options.Contains("2-8-2")) options += " --loss cross-entropy";
        Gpumlp.Outcome outcome = Train(folder, options);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains(message, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("made")));
    }

    [Fact]
    public void TheyChangeNoBitOfTheRun()
    {
        using ScratchFolder with = new(), without = new();
        const string Options = "--net 2-6-2-1 --steps 60 --snapshot-every 20";
        Assert.Equal(0, Train(with, $"{Options} --views units,weights,warp").ExitCode);
        Assert.Equal(0, Train(without, Options).ExitCode);
        foreach (string name in (string[])["losses.csv", "model.safetensors", "boundary.png"])
            Assert.Equal(File.ReadAllBytes(without.File($"made/{name}")), File.ReadAllBytes(with.File($"made/{name}")));
    }
}
