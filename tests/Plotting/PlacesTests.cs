using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

/// <summary>Pictures are right and readable where the data's spread is small compared with its size, or its size is unusual.</summary>
public class PlacesTests
{
    [Theory]
    [InlineData(-1.5, 2.5, 0, "2.5", "x")]                               // ScottPlot's own
    [InlineData(499_999, 500_003, 500_000.5, "500000.5", "x")]
    [InlineData(116.3912, 116.3914, 116.39125, "116.39125", "x")]
    [InlineData(1.7e9 - 100, 1.7e9 + 300, 1.7e9 + 50, "1700000050", "x")]
    [InlineData(20260713.9, 20260714.1, 20260714.05, "0.05", "x − 20260714")]
    [InlineData(-3e8, -3e8 + 1e-3, -3e8 + 5e-4, "0.0005", "x + 300000000")]
    [InlineData(-1e-30, 2e-30, 1.5e-30, "1.5E-30", "x")]
    [InlineData(6.999e203, 7.002e203, 7.001e203, "7.001E+203", "x")]
    [InlineData(-8e307, 8e307, 5e307, "5E+307", "x")]
    [InlineData(0, 5e-324, 0, "0", "x")]
    public void TicksAreInTheDatasUnits(double low, double high, double at, string label, string name)
    {
        AxisScale scale = AxisScale.For(low, high);
        (double from, double to) = (scale.ToPlot(low), scale.ToPlot(high));
        Assert.True(from < to && double.IsFinite(to - from));
        Assert.True(scale.Digits == 0 ? (scale.Origin, scale.Unit) == (0, 1) : Math.Max(Math.Abs(from), Math.Abs(to)) / (to - from) < 1e9);
        // a tick is a round number
        if (scale.Digits > 0) Assert.Equal(label, scale.Label(Math.Round(scale.ToPlot(at), 6)));
        Assert.Equal(name, scale.Name("x"));
    }

    [Theory]
    [InlineData(5_400_000, 0.4)]
    [InlineData(1e9, 1e-4)]
    [InlineData(0, 1e-30)]
    [InlineData(1e308, 1e306)]
    public void PointsAreWhereFloat64HasThem(double origin, double size)
    {
        DataSet moved = Points(origin, size), plain = Points(0, 1);
        var options = new PlotOptions { Style = PlotStyle.Notebook };              // without axes, whose labels take room
        using SKBitmap expected = SKBitmap.Decode(DataPlot.Render(plain, new Window(-1, 1, -1, 1), "", options));
        var window = new Window(origin - size, origin + size, origin - size, origin + size);
        using SKBitmap got = SKBitmap.Decode(DataPlot.Render(moved, window, "", options));
        Assert.InRange(Pictures.Differing(expected, got), 0, 60);              // a point is some 20 pixels, and may be a hair off

        float[] values = Pictures.Rising(0, GridSpec.FromSize(new(-1, 1, -1, 1), 60, 60));
        using var plot = new BoundaryPlot(GridSpec.ForPicture(window, 60, 60), moved, options);
        using var plainPlot = new BoundaryPlot(GridSpec.ForPicture(new(-1, 1, -1, 1), 60, 60), plain, options);
        using SKBitmap regions = plot.Draw(values, ""), wanted = plainPlot.Draw(values, "");
        Assert.InRange(Pictures.Differing(wanted, regions), 0, 60 + 800);      // and the soft edge may be by a level
    }

    [Fact]
    public void DataOfThreeFeaturesHasNoPlaces()
    {
        var deep = new DataSet("deep", new float[1, 3], [0], []);
        var e = Assert.Throws<ArgumentException>(() => DataPlot.Render(deep, Pictures.Window, ""));
        Assert.Contains("3 features", e.Message);
    }

    [Fact]
    public void NoLineRunsAlongWhatIsNotANumber()
    {
        foreach (int classes in (int[])[2, 3])
        {
            using var plot = new BoundaryPlot(Pictures.Grid, [0, 0], [classes - 1f]);
            float[] values = [.. Enumerable.Repeat(classes == 2 ? 0.9f : 2, 1200)];
            for (int k = 0; k < values.Length; k++)
                if (k % 40 < 20) values[k] = float.NaN;
            using SKBitmap picture = plot.Draw(values, "");
            uint[] middle = [.. Enumerable.Range(120, 600).Select(x => (uint)picture.GetPixel(x, 150))];
            Assert.Contains(Palette.Missing, middle);
            Assert.DoesNotContain(Palette.Line, middle);
        }
    }

    static DataSet Points(double origin, double size)
    {
        double[] places = [-0.75, -0.5, -0.25, 0.25, 0.5, 0.75];
        var values = new double[6, 2];
        for (int k = 0; k < 6; k++) (values[k, 0], values[k, 1]) = (origin + size * places[k], origin + size * places[5 - k]);
        return new DataSet("six", values, [0, 1, 0, 1, 0, 1], ["0", "1"]);
    }
}
