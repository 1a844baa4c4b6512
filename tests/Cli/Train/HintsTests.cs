using System.Globalization;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>gpumlp train says what may save the next run, and is silent where all is well.</summary>
public class HintsTests
{
    static string Points(double scale) => "x,y,kind\n" + string.Concat(Enumerable.Range(0, 80).Select(row => string.Create(
        CultureInfo.InvariantCulture, $"{(row * 37 % 61 - 30) / 30.0},{scale * ((row * 53 % 67 - 33) / 33.0)},{row % 10 / 9}\n")));

    [Theory]
    [InlineData(1000, "", "the features reach 1000; --standardize brings features to one scale")]
    [InlineData(0.001, "", "the features' ranges go from 0.002 to 2; --standardize")]
    [InlineData(1, "--optimizer adam --lr 0.5", "--lr 0.5 suits sgd; the usual rate of adam is 0.001")]
    [InlineData(1, "", "no better than always predicting the largest class; --class-weight balanced")]
    public void WhatMaySaveARunIsSaid(double scale, string options, string hint)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("rows.csv"), Points(scale));
        Gpumlp.Outcome outcome = Gpumlp.Run(
            $"train --net 2-4-1 --steps 300 --no-plots {options} --data csv:{folder.File("rows.csv")} --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(hint, outcome.Error);
    }

    [Theory]
    [InlineData("--data moons --steps 3000")]
    [InlineData("--data xor --steps 3000 --optimizer adam")]
    [InlineData("--data blobs --steps 3000 --samples 200")]
    public void NothingIsSaidWhereAllIsWell(string options)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"train {options} --no-plots --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.All(outcome.ErrorLines, line => Assert.Matches("^(device|engine) ", line));
    }
}
