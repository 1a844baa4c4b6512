using System.Globalization;
using GpuMlp.Settings;

namespace GpuMlp.Tests.Settings;

/// <summary>Axes of numbers: their ends are met exactly, and what lies between is even in distance or in ratio.</summary>
public class NumberAxisTests
{
    [Theory]
    [InlineData("lin:0..1", "0 0.25 0.5 0.75 1")]
    [InlineData("lin:1..-1", "1 0 -1")]
    [InlineData("log:1e-4..1", "0.0001 0.001 0.01 0.1 1")]
    [InlineData("log:8..1", "8 4 2 1")]
    public void IsReadAsText(string text, string expected)
    {
        var axis = NumberAxis.Parse(text);
        string[] numbers = expected.Split(' ');
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, numbers.Length)
            .Select(k => axis.At(k, numbers.Length).ToString("G6", CultureInfo.InvariantCulture))));
        Assert.Equal(double.Parse(numbers[0], CultureInfo.InvariantCulture), axis.At(0));
        Assert.Equal(double.Parse(numbers[^1], CultureInfo.InvariantCulture), axis.At(1));
    }

    [Fact]
    public void HasNeighboursOfOneRatio()
    {
        var axis = NumberAxis.Parse("log:1e-6..1e6");
        double ratio = Math.Pow(1e12, 1e-3);
        for (int k = 1; k < 1001; k++) Assert.InRange(axis.At(k, 1001) / (axis.At(k - 1, 1001) * ratio), 1 - 1e-13, 1 + 1e-13);
    }

    [Theory]
    [InlineData("0..1", "lin:FIRST..LAST or log:FIRST..LAST is needed")]
    [InlineData("lin:0", "lin:FIRST..LAST or log:FIRST..LAST is needed")]
    [InlineData("lin:0..1..2", "lin:FIRST..LAST or log:FIRST..LAST is needed")]
    [InlineData("lin:0..x", "lin:FIRST..LAST or log:FIRST..LAST is needed")]
    [InlineData("lin:0..1e999", "lin:FIRST..LAST or log:FIRST..LAST is needed")]
    [InlineData("lin:2..2", "two different numbers are needed")]
    [InlineData("log:-1..2", "a logarithmic scale goes through positive numbers")]
    public void OtherTextsAreRefused(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => NumberAxis.Parse(text)).Message);

    [Fact]
    public void GoesFromTheFirstToTheLast()
    {
        NumberAxis linear = NumberAxis.Of(-1, 3, false), log = NumberAxis.Of(1e-3, 10, true);
        Assert.Equal([-1, 0, 1, 2, 3], Enumerable.Range(0, 5).Select(k => linear.At(k, 5)));
        for (int k = 0; k < 5; k++)
        {
            Assert.Equal(Math.Pow(10, k - 3), log.At(k, 5), 1e-15 * Math.Pow(10, k - 2));
            Assert.Equal(k / 4.0, log.ShareOf(log.At(k, 5)), 1e-14);
        }
        Assert.Equal(0.1, log.At(0, 1), 1e-15);
        Assert.Equal((0.001f, 10f), ((float)log.At(0), (float)log.At(1)));
    }

    [Fact]
    public void AZoomKeepsItsCentre()
    {
        NumberAxis log = NumberAxis.Of(1e-3, 10, true).Zoom(0.5, 100);
        Assert.Equal(0.5, log.At(0.5), 1e-15);
        Assert.Equal(Math.Pow(10, 0.04), log.At(1) / log.At(0), 1e-13);
        NumberAxis linear = NumberAxis.Of(0, 8, false).Zoom(8, 4);
        Assert.Equal((7, 9), (linear.At(0), linear.At(1)));
    }

    [Fact]
    public void TellsHowDeepFloat32Goes()
    {
        NumberAxis axis = NumberAxis.Of(1, 3, false).Zoom(2, 1000);
        double limit = axis.LimitOfFloat32(101);
        Assert.Equal(100, Different(axis.Zoom(2, 0.5 * limit)) - 1);
        Assert.True(Different(axis.Zoom(2, 4 * limit)) < 60);
        Assert.Equal(double.PositiveInfinity, axis.LimitOfFloat32(1));

        static int Different(NumberAxis axis) => Enumerable.Range(0, 101).Select(k => (float)axis.At(k, 101)).Distinct().Count();
    }

    [Fact]
    public void WhatIsNoAxisIsRefused()
    {
        foreach ((double from, double to, bool isLog) in ((double, double, bool)[])
            [(1, 1, false), (0, 1, true), (1, -1, true), (double.NaN, 1, false), (0, double.PositiveInfinity, false)])
            Assert.Throws<ArgumentException>(() => NumberAxis.Of(from, to, isLog));
        NumberAxis axis = NumberAxis.Of(1, 2, true);
        Assert.Throws<ArgumentOutOfRangeException>(() => axis.Zoom(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => axis.Zoom(1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => axis.At(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => axis.ShareOf(0));
    }
}
