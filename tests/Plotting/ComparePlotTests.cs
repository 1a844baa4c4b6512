using GpuMlp.Data;
using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

/// <summary>The picture of a comparison.</summary>
public class ComparePlotTests
{
    const int Width = 1240, Yellow = 6;

    static ComparePlot Plot(params CompareBar[] rows) => new()
    {
        Title = "2-50-1",
        Parts = ["open", "compile", "train", "evaluate"],
        Columns = ["together", "bits"],
        Rows = rows,
        Verdict = ["2 trainings, the same bits"],
        Notes = ["sizes", "not measured"],
    };

    static readonly CompareBar cpu = new("cpu fused", [0.01, 0.1, 0.02, 0.2], ["330 ms", "reference"], null),
        gpu = new("opencl:0 layers", [0.3, 4, 1, 0.2], ["5.5 s", "same"], true), gone = new("cuda", [], [], null, "there is no driver");

    static int Count(SKBitmap picture, uint colour)
    {
        int count = 0;
        for (int y = 0; y < picture.Height; y++)
            for (int x = 0; x < picture.Width; x++)
                if ((uint)picture.GetPixel(x, y) == colour) count++;
        return count;
    }

    [Fact]
    public void EachRowMakesItHigher()
    {
        using SKBitmap one = Plot(cpu).Draw(), three = Plot(cpu, gpu, gone).Draw();
        Assert.Equal((Width, Width), (one.Width, three.Width));
        Assert.Equal(one.Height + 2 * 30, three.Height);
    }

    [Fact]
    public void EveryPartOfEveryRowHasAMarkInItsColour()
    {
        using SKBitmap one = Plot(cpu).Draw(), two = Plot(cpu, gpu).Draw(), none = Plot(gone).Draw();
        foreach (int hue in (int[])[5, 4, 1])
        {
            int inLegend = Count(none, Palette.Hue(hue));
            Assert.InRange(Count(one, Palette.Hue(hue)) - inLegend, 20, 200);
            Assert.InRange(Count(two, Palette.Hue(hue)) - Count(one, Palette.Hue(hue)), 20, 200);
        }
    }

    [Fact]
    public void PointsThatDisagreeAreDrawnAtTheirPlaces()
    {
        var points = new DataSet("corners", new float[,] { { -0.9f, -0.9f }, { 0.9f, 0.9f } }, [0, 1], ["0", "1"]);
        var disagrees = new bool[Pictures.Grid.Points];
        var boundary = new CompareBoundary(Pictures.Grid, Pictures.Rising(), points, disagrees, "boundary", new PlotOptions());
        using SKBitmap without = (Plot(cpu, gpu) with { Boundary = boundary }).Draw();
        Assert.Equal(0, Count(without, Palette.Hue(Yellow)));
        disagrees[10 * Pictures.Grid.Width + 5] = true;                    // a quarter of the way up, an eighth to the right
        using SKBitmap with = (Plot(cpu, gpu) with { Boundary = boundary }).Draw();
        Assert.InRange(Count(with, Palette.Hue(Yellow)), 12, 400);
        for (int y = 0; y < with.Height; y++)
            for (int x = 0; x < with.Width; x++)
                if ((uint)with.GetPixel(x, y) == Palette.Hue(Yellow)) Assert.True(x < Width / 4 && y > with.Height / 2, $"({x}, {y})");
    }

    [Fact]
    public void DistancesOfLossesAreDrawnAndThoseOfZeroAreNot()
    {
        double[] some = [.. Enumerable.Range(0, 500).Select(step => step % 2 == 0 ? 0 : Math.Pow(10, -7 + step / 200.0))];
        LossDistance one = new("one", some), none = new("none", new double[500]);
        using SKBitmap without = (Plot(cpu, gpu) with { Distances = [one] }).Draw();
        using SKBitmap with = (Plot(cpu, gpu) with { Distances = [one, none] }).Draw();
        Assert.True(Count(without, Palette.Hue(0)) > 500);
        Assert.InRange(Count(with, Palette.Hue(1)) - Count(without, Palette.Hue(1)), 20, 120);          // the dot beside its name
    }
}
