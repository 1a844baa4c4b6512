using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

public sealed class LossPlotTests : IDisposable
{
    readonly Pictures pictures = new();

    public void Dispose() => pictures.Dispose();

    public static TheoryData<string, float[]> Curves => new()
    {
        { "none", [] },
        { "one", [0.7f] },
        { "equal", [1, 1, 1, 1] },
        { "negative", [-1, -2, -3] },
        { "nothing finite", [float.NaN, float.PositiveInfinity] },
        { "one finite", [float.NaN, 2, float.NegativeInfinity] },
        { "huge", [1, 3e38f, -3e38f] },
        { "a million", [.. Enumerable.Range(0, 1_000_000).Select(i => i % 7 == 0 ? float.NaN : 1f / (1 + i))] },
    };

    [Theory]
    [MemberData(nameof(Curves), DisableDiscoveryEnumeration = true)]
    public void AnyCurveIsDrawn(string what, float[] losses)
    {
        foreach (PlotStyle style in Enum.GetValues<PlotStyle>())
        {
            LossPlot.Save(pictures["loss.png"], losses, what, new PlotOptions { Style = style, Width = 300, Height = 200 });
            using SKBitmap picture = Pictures.Decode(pictures["loss.png"]);
            Assert.Equal(Palette.Face(style), Pictures.At(picture, 0.999, 0.999));
        }
    }

    [Fact]
    public void BothTheLossAndItsMeanAreThere()
    {
        LossPlot.Save(pictures["loss.png"], [.. Enumerable.Range(0, 10_000).Select(i => i % 2 == 0 ? 0f : 1f)], "loss");
        using SKBitmap picture = Pictures.Decode(pictures["loss.png"]);
        uint strong = Palette.Point(PlotStyle.Plain, 0, 2);
        int pale = picture.Pixels.Count(p => p is { Red: > 130 and < 225, Blue: > 220 });       // the band in which losses jump
        Assert.True(pale > 200_000);
        Assert.InRange(picture.Pixels.Count(p => (uint)p == strong), 500, 5000);
    }

    [Fact]
    public void TheRunningMeanLeavesOutWhatIsNotFinite()
    {
        float[] losses = [1, float.NaN, 3, float.PositiveInfinity, 5, 7];
        Assert.Equal([1, 3, 3, 5, 6], LossPlot.RunningMean(losses, 2).Select(m => m.Y));
        Assert.Equal([0, 2, 4, 5], LossPlot.RunningMean(losses, 1).Select(m => m.X));
    }

    [Fact]
    public void ALongCurveHasAThousandMeansButForHalfAWindowAtItsEnds()
    {
        var mean = LossPlot.RunningMean([.. Enumerable.Range(0, 5001).Select(i => (float)i)], 51);
        Assert.Equal((990, 25, 4974), (mean.Length, mean[0].X, mean[^1].X));
        Assert.Equal(mean[500].X, mean[500].Y);                             // a straight line is its own mean
    }
}
