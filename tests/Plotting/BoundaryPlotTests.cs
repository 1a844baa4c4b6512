using GpuMlp.Grids;
using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

public sealed class BoundaryPlotTests : IDisposable
{
    readonly Pictures pictures = new();

    public void Dispose() => pictures.Dispose();

    [Fact]
    public void TheTitleHasPixelsWhateverFontsTheMachineHas()
    {
        using var plot = new BoundaryPlot(Pictures.Grid, Pictures.Inputs, Pictures.Labels);
        using SKBitmap with = plot.Draw(Pictures.Rising(), "moons · step 9750"), without = plot.Draw(Pictures.Rising(), "");
        Assert.InRange(Pictures.Differing(with, without, 0, 0.06), 300, 8000);
        Assert.Equal(0, Pictures.Differing(with, without, 0.06));
        Assert.Equal("Open Sans", PlotFont.Typeface.FamilyName);
    }

    [Fact]
    public void AxisLabelsAndClassNamesHavePixels()
    {
        using SKBitmap plain = Draw(new PlotOptions()), named = Draw(new PlotOptions { XLabel = "sepal", ClassNames = ["setosa"] });
        Assert.True(Pictures.Differing(plain, named, 0.95) > 50);
        Assert.True(Pictures.Differing(plain, named, 0.05, 0.95) > 50);
    }

    [Fact]
    public void RegionsHaveTheColourOfTheirProbability()
    {
        using SKBitmap picture = Draw(new PlotOptions());
        uint[] bands = Palette.ProbabilityBands();
        Assert.Equal(bands[0], Pictures.At(picture, 0.5, 0.85));            // y = -0.85, class 0
        Assert.Equal(bands[^1], Pictures.At(picture, 0.5, 0.12));
        Assert.Equal(Palette.Line, Pictures.At(picture, 0.3, (34 + 547) / 1200.0));
    }

    [Fact]
    public void TheLineIsWhereProbabilityCrossesAHalf()
    {
        using var plot = new BoundaryPlot(Pictures.Grid, [], []);
        using SKBitmap picture = plot.Draw(Pictures.Rising(0.5), "");
        int[] dark = [.. Enumerable.Range(40, 500).Where(y => (uint)picture.GetPixel(400, y) == Palette.Line)];
        double y = 1 - 2 * (dark.Average() + 0.5 - 34) / (547 - 34);        // the data area of an 800×600 picture
        Assert.InRange(y, 0.49, 0.51);
        Assert.InRange(dark.Length, 1, 3);
    }

    [Fact]
    public void OutputsAreClassesThatAreDeeperWhereTheyAreMoreProbable()
    {
        // three stripes: outputs -8 |x - c| for c = -0.6, 0 and 0.6; classes change at x = ±0.3
        double[] centres = [-0.6, 0, 0.6];
        float[] row = [.. Pictures.Grid.X.SelectMany(x => centres.Select(c => (float)(-8 * Math.Abs(x - c))))];
        float[] outputs = [.. Pictures.Grid.Y.SelectMany(_ => row)];
        using var plot = new BoundaryPlot(Pictures.Grid, [-0.9f, 0.9f, 0, 0.9f, 0.9f, 0.9f], [0, 1, 2]);
        using SKBitmap picture = plot.Draw(outputs, "");
        double At(double x) => (54 + (785 - 54) * (x + 1) / 2) / 800;          // the data area of an 800×600 picture
        uint deep = Pictures.At(picture, At(0.05), 0.5), pale = Pictures.At(picture, At(0.24), 0.5);
        Assert.Equal(Palette.Mix(0xFFFFFFFF, Palette.Hue(1), 0.5), deep);
        Assert.True((pale & 255) > (deep & 255), $"{pale:X8} {deep:X8}");
        int[] dark = [.. Enumerable.Range(60, 720).Where(x => (uint)picture.GetPixel(x, 300) == Palette.Line)];
        int[] left = [.. dark.Where(x => x < 420)], right = [.. dark.Where(x => x >= 420)];
        Assert.Equal(At(-0.3) * 800, left.Average(), 2.0);
        Assert.Equal(At(0.3) * 800, right.Average(), 2.0);
        Assert.Throws<ArgumentException>(() => plot.Draw(outputs[..^1], ""));
    }

    [Fact]
    public void PointsHaveTheColourOfTheirClass()
    {
        using SKBitmap picture = Draw(new PlotOptions());
        (int zero, int one) = (Count(picture, Palette.Point(PlotStyle.Plain, 0, 2)), Count(picture, Palette.Point(PlotStyle.Plain, 1, 2)));
        Assert.InRange(zero, 15, 120);                                      // two points and a legend entry of about 20 pixels each
        Assert.InRange(one, 15, 120);
    }

    [Fact]
    public void TheNotebookHasItsFaceItsBluesAndItsPoints()
    {
        using SKBitmap picture = Draw(new PlotOptions { Style = PlotStyle.Notebook });
        foreach ((double x, double y) in new[] { (0.001, 0.001), (0.999, 0.001), (0.001, 0.999), (0.999, 0.999) })
            Assert.Equal(0xFF4B6EA9u, Pictures.At(picture, x, y));
        Assert.Equal(Palette.Region(PlotStyle.Notebook, 0, 2), Pictures.At(picture, 0.5, 0.85));
        Assert.Equal(Palette.Region(PlotStyle.Notebook, 1, 2), Pictures.At(picture, 0.5, 0.12));
        Assert.Equal((0xFF000000u, 0xFFFFFFFFu), (Palette.Point(PlotStyle.Notebook, 0, 2), Palette.Point(PlotStyle.Notebook, 1, 2)));
        Assert.True(Count(picture, 0xFF000000) > 0);
    }

    [Theory]
    [InlineData(PlotStyle.Plain)]
    [InlineData(PlotStyle.Notebook)]
    public void MoreThanTwoClassesAreDrawnByIndex(PlotStyle style)
    {
        float[] classes = [.. Pictures.Grid.Y.SelectMany(y => Enumerable.Repeat(y < -0.5 ? 0f : y < 0.5 ? 1 : 2, Pictures.Grid.Width))];
        using var plot = new BoundaryPlot(Pictures.Grid, [0, 0], [2], new PlotOptions { Style = style });
        using SKBitmap picture = plot.Draw(classes, "");
        Assert.Equal(Palette.Region(style, 0, 3), Pictures.At(picture, 0.5, 0.85));
        Assert.Equal(Palette.Region(style, 1, 3), Pictures.At(picture, 0.3, 0.48));
        Assert.Equal(Palette.Region(style, 2, 3), Pictures.At(picture, 0.5, 0.12));
    }

    [Fact]
    public void NaNIsGrey()
    {
        using var plot = new BoundaryPlot(Pictures.Grid, [], []);
        float[] values = Pictures.Rising();
        for (int i = 0; i < 10 * Pictures.Grid.Width; i++) values[i] = float.NaN;
        using SKBitmap picture = plot.Draw(values, "");
        Assert.Equal(Palette.Missing, Pictures.At(picture, 0.5, 0.85));
        Assert.Equal(Palette.ProbabilityBands()[^1], Pictures.At(picture, 0.5, 0.12));
    }

    [Fact]
    public void AConstantProbabilityHasNoLine()
    {
        using var plot = new BoundaryPlot(Pictures.Grid, [], []);
        using SKBitmap picture = plot.Draw([.. Enumerable.Repeat(0.5f, 1200)], "");
        Assert.Equal(0, Count(picture, Palette.Line));
    }

    public static TheoryData<string, Window, float[], float[]> Degenerate => new()
    {
        { "no point", Pictures.Window, [], [] },
        { "one point", Pictures.Window, [0, 0], [1] },
        { "one class", Pictures.Window, [0, 0, 1, 1], [1, 1] },
        { "a point that is not finite", Pictures.Window, [float.NaN, 0, 0, float.PositiveInfinity], [0, 1] },
        { "a tiny window", new Window(1, 1 + 1e-5, -1e-30, 1e-30), [1, 0], [0] },
        { "a huge window", new Window(-1e30, 1e30, 0, 1e-3), [1, 0], [0] },
    };

    [Theory]
    [MemberData(nameof(Degenerate))]
    public void DegenerateDataIsDrawn(string what, Window window, float[] inputs, float[] labels)
    {
        foreach (PlotStyle style in Enum.GetValues<PlotStyle>())
            foreach (GridSpec grid in new[] { GridSpec.FromSize(window, 5, 4), GridSpec.FromSize(window, 1, 1) })
            {
                using var plot = new BoundaryPlot(grid, inputs, labels, new PlotOptions { Style = style, Width = 200, Height = 150 });
                plot.Save(pictures["it.png"], Pictures.Rising(0, grid), what);
                using SKBitmap picture = Pictures.Decode(pictures["it.png"]);
                Assert.Equal((200, 150), (picture.Width, picture.Height));
            }
    }

    [Fact]
    public void ALongTitleFits()
    {
        using var plot = new BoundaryPlot(Pictures.Grid, [], [], new PlotOptions { Width = 480, Height = 360 });
        string title = string.Join(" · ", Enumerable.Repeat("accuracy 99.1 %", 40));
        using SKBitmap with = plot.Draw(Pictures.Rising(), title), without = plot.Draw(Pictures.Rising(), "");
        for (int y = 0; y < 25; y++)
            foreach (int x in new[] { 0, 1, 478, 479 }) Assert.Equal(without.GetPixel(x, y), with.GetPixel(x, y));
        Assert.True(Pictures.Differing(with, without) > 500);
    }

    [Fact]
    public void TheSmallestSizeIsDrawnAndLessIsRefused()
    {
        Draw(new PlotOptions { Width = 64, Height = 64 }).Dispose();
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw(new PlotOptions { Width = 63 }));
    }

    [Fact]
    public void WhatDoesNotGoTogetherIsRefused()
    {
        using var plot = new BoundaryPlot(Pictures.Grid, [], []);
        Assert.Contains("40 × 30", Assert.Throws<ArgumentException>(() => plot.Render([1], "")).Message);
        string Refusal(float[] inputs, float[] labels) =>
            Assert.Throws<ArgumentException>(() => new BoundaryPlot(Pictures.Grid, inputs, labels)).Message;
        Assert.Contains("3 numbers for 2 labels", Refusal([1, 2, 3], [0, 1]));
        Assert.Contains("labels[1] is 0.5", Refusal([1, 2, 3, 4], [0, 0.5f]));
        Assert.Throws<ArgumentException>(() => new BoundaryPlot(GridSpec.FromSize(new Window(0, double.NaN, 0, 1), 2, 2), [], []));
    }

    [Fact]
    public void ThreadsDrawTheSamePixels()
    {
        using var plot = new BoundaryPlot(Pictures.Grid, Pictures.Inputs, Pictures.Labels, new PlotOptions { Width = 240, Height = 180 });
        using SKBitmap alone = plot.Draw(Pictures.Rising(), "a");
        Parallel.For(0, 16, i =>
        {
            using SKBitmap other = plot.Draw(Pictures.Rising(i % 2), i % 2 == 0 ? "a" : "b");
            Assert.Equal(i % 2 == 0, Pictures.Differing(alone, other) == 0);
        });
    }

    [Fact]
    public void DataAloneIsDrawn()
    {
        DataPlot.Save(pictures["data.png"], Pictures.Inputs, Pictures.Labels, Pictures.Window, "data");
        using SKBitmap picture = Pictures.Decode(pictures["data.png"]);
        Assert.Equal(0xFFFFFFFFu, Pictures.At(picture, 0.5, 0.5));
        Assert.True(Count(picture, Palette.Point(PlotStyle.Plain, 1, 2)) > 15);
    }

    static SKBitmap Draw(PlotOptions options)
    {
        using var plot = new BoundaryPlot(Pictures.Grid, Pictures.Inputs, Pictures.Labels, options);
        return plot.Draw(Pictures.Rising(), "title");
    }

    static int Count(SKBitmap picture, uint colour) => picture.Pixels.Count(p => (uint)p == colour);
}
