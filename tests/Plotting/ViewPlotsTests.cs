using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

/// <summary>The pictures of units, weights, and a bent plane.</summary>
public class ViewPlotsTests
{
    // the middle of a unit's tile
    static uint Tile(SKBitmap picture, int unit, double x = 0.5, double y = 0.5) =>
        (uint)picture.GetPixel((int)(28 + unit * (108 + 10) + x * 108), (int)(60 + 34 + y * 81));

    static float[] Same(float value) => [.. Enumerable.Repeat(value, 12 * 9)];

    [Fact]
    public void AUnitsTileHasTheColourOfItsValueWithTheSmallestYAtTheBottom()
    {
        float[] rising = [.. Enumerable.Range(0, 9).SelectMany(y => Enumerable.Repeat((float)(y - 4) / 4, 12))];
        using SKBitmap picture = UnitsPlot.Draw(12, 9, [new UnitLayer("layer", [Same(1), Same(-1), Same(0), rising])], "units");
        Assert.Equal([Palette.Diverging(1), Palette.Diverging(-1), 0xFFFFFFFF],
            Enumerable.Range(0, 3).Select(unit => Tile(picture, unit)));
        Assert.Equal((Palette.Hue(1), Palette.Hue(0)), (Tile(picture, 3, y: 0.03), Tile(picture, 3, y: 0.97)));
    }

    [Fact]
    public void AlayerOfManyUnitsShowsTheFirst()
    {
        using SKBitmap picture = UnitsPlot.Draw(12, 9,
            [new UnitLayer("layer", [.. Enumerable.Repeat(Same(1), UnitsPlot.MostUnits)]) { Count = 5000 }], "units");
        Assert.Equal(60 + 34 + 10 + 26 * (81 + 20) + 28, picture.Height);
    }

    [Theory]
    [InlineData(1, 12, new[] { 0 })]
    [InlineData(3, 12, new[] { 0, 1, 2 })]
    [InlineData(5, 3, new[] { 0, 2, 4 })]
    [InlineData(101, 3, new[] { 0, 50, 100 })]
    public void SnapshotsAreChosenEvenlyWithTheFirstAndTheLast(int count, int most, int[] chosen) =>
        Assert.Equal(chosen, WeightsPlot.Evenly(count, most));

    [Fact]
    public void HistogramsOfAnyWeightsCanBeDrawn()
    {
        (int, float[])[] Of(Func<int, float> value, int count) =>
            [.. Enumerable.Range(0, 4).Select(step => (step * 10, Enumerable.Range(0, count).Select(k => value(k + step)).ToArray()))];
        WeightsHistory[] panels =
        [
            new("many", Of(k => MathF.Sin(k), 1000)), new("all the same", Of(_ => 0, 100)), new("few", Of(k => k, 3)),
            new("not numbers", Of(k => k % 2 == 0 ? float.NaN : float.PositiveInfinity, 50)),
            new("one", [(0, [1f])]), new("huge", Of(k => k * 1e30f, 50)),
        ];
        using SKBitmap picture = WeightsPlot.Draw(panels, "weights"), fewer = WeightsPlot.Draw(panels[..2], "weights");
        Assert.Equal((1240, 60 + 3 * (330 + 36)), (picture.Width, picture.Height));
        Assert.Equal(60 + 330 + 36, fewer.Height);
    }

    [Fact]
    public void ThePlaneMovesAndTheAxesStay()
    {
        using var pictures = new Pictures();
        float[] Line(float at) => [at, -1, at, 1];
        WarpFrame Frame(float shift) => new($"step {shift}", [Line(shift), Line(shift + 0.5f)], [[-1, shift, 1, shift]],
            [-1, -1, shift, 0.5f, 1, 1], (1, 0, -shift));
        const uint Blue = 0xFF0072B2, Red = 0xFFD55E00;
        WarpAnimation.Save(pictures["warp.gif"], [Frame(-0.5f), Frame(0), Frame(0.5f)], [Blue, Red, Blue],
            [(Blue, "class 0"), (Red, "class 1")], ("x0", "x1"));
        using SKBitmap first = Pictures.Decode(pictures["warp.gif"]);
        using SKCodec codec = SKCodec.Create(pictures["warp.gif"]);
        Assert.Equal((3, 640, 480), (codec.FrameCount, first.Width, first.Height));
        // the boundary x = -0.5 in a view from about -1.1 to 1.1
        int dark = Enumerable.Range(60, 440).First(x => (uint)first.GetPixel(x, 100) == Palette.Line);
        Assert.InRange(dark, 120, 260);
    }
}
