using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

/// <summary>Curves over one feature, maps of numbers with their scale, and legends that cover no point.</summary>
public sealed class ValuePlotTests : IDisposable
{
    readonly Pictures pictures = new();

    public void Dispose() => pictures.Dispose();

    [Fact]
    public void ACurveAndItsPointsAreDrawn()
    {
        double[] x = [.. Enumerable.Range(0, 100).Select(k => k / 10.0)], y = [.. x.Select(Math.Sin)];
        CurvePlot.Save(pictures["curve.png"], [new Curve("network", x, y)], [new Curve("data", [1, 9], [0.9, double.NaN])], "sine");
        CurvePlot.Save(pictures["flat.png"], [new Curve(null, x, [.. x.Select(_ => 0.5)])], [], "flat");
        using SKBitmap picture = Pictures.Decode(pictures["curve.png"]), flat = Pictures.Decode(pictures["flat.png"]);
        Assert.InRange(picture.Pixels.Count(pixel => (uint)pixel == Palette.Line), 1000, 50_000);
        Assert.True(Pictures.Differing(picture, flat) > 2000);
        Assert.Throws<ArgumentException>(() => CurvePlot.Save(pictures["no.png"], [new Curve("a", [1], [])], [], "wrong"));
        Assert.Throws<ArgumentException>(() => CurvePlot.Save(pictures["no.png"], [], [new Curve("a", [1], [double.NaN])], "nothing"));
        Assert.False(File.Exists(pictures["no.png"]));
    }

    [Fact]
    public void AMapHasTheColoursOfItsScale()
    {
        float[] values = Pictures.Rising();
        values[0] = float.NaN;
        HeatMapPlot.Save(pictures["map.png"], Pictures.Grid, values, [(0, 0, 0.5), (0.5, 0.5, 2)], "map");
        using SKBitmap picture = Pictures.Decode(pictures["map.png"]);
        Assert.Equal(Palette.Sequential(0), Pictures.At(picture, 0.4, 0.8));                // the map's lowest values, below
        Assert.Equal(Palette.Sequential(0.4996), Pictures.At(picture, 0.4, 0.1));           // nearly 1 of 2, above
        Assert.Contains(picture.Pixels, pixel => (uint)pixel == Palette.Missing);
        Assert.InRange(picture.Pixels.Count(pixel => (uint)pixel == Palette.Sequential(1)), 40, 2000);   // the scale's end, and a point
        Assert.Throws<ArgumentException>(() => HeatMapPlot.Save(pictures["no.png"], Pictures.Grid, [1], [], "wrong"));
    }

    [Fact]
    public void ALegendThatWouldCoverPointsInEveryCornerStandsBeside()
    {
        uint Beside(float[] inputs)
        {
            using var plot = new BoundaryPlot(Pictures.Grid, inputs, Pictures.Labels);
            plot.Save(pictures["boundary.png"], Pictures.Rising(), "boundary");
            using SKBitmap picture = Pictures.Decode(pictures["boundary.png"]);
            return Pictures.At(picture, 0.95, 0.5);
        }
        Assert.Equal(0xFFFFFFFF, Beside(Pictures.Inputs));
        Assert.NotEqual(0xFFFFFFFF, Beside([-0.9f, -0.9f, 0.9f, -0.9f, -0.9f, 0.9f, 0, 0]));
    }

    [Fact]
    public void ManyClassesAreNamedWhereTheyAre()
    {
        float[] labels = [.. Enumerable.Range(0, 26).Select(k => (float)k)];
        float[] inputs = [.. labels.SelectMany(k => new[] { 0.9f * MathF.Cos(k), 0.9f * MathF.Sin(k) })];
        float[] classes = [.. Enumerable.Range(0, Pictures.Grid.Width * Pictures.Grid.Height).Select(k => (float)(k % 26))];
        SKBitmap Drawn(string prefix)
        {
            var options = new PlotOptions { ClassNames = [.. labels.Select(k => $"{prefix}{k}")] };
            using var plot = new BoundaryPlot(Pictures.Grid, inputs, labels, options);
            plot.Save(pictures["many.png"], classes, "many");
            return Pictures.Decode(pictures["many.png"]);
        }
        using SKBitmap a = Drawn("a"), b = Drawn("wide");
        Assert.True(Pictures.Differing(a, b) > 1000);
    }
}
