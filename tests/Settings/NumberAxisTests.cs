using GpuMlp.Settings;

namespace GpuMlp.Tests.Settings;

public class NumberAxisTests
{
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
            [(1, 1, false), (2, 1, true), (0, 1, true), (-1, 1, true), (double.NaN, 1, false), (0, double.PositiveInfinity, false)])
            Assert.Throws<ArgumentException>(() => NumberAxis.Of(from, to, isLog));
        NumberAxis axis = NumberAxis.Of(1, 2, true);
        Assert.Throws<ArgumentOutOfRangeException>(() => axis.Zoom(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => axis.Zoom(1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => axis.At(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => axis.ShareOf(0));
    }
}
