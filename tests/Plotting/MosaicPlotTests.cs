using GpuMlp.Grids;
using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

/// <summary>The settings under the pictures of a mosaic can be read.</summary>
public class MosaicPlotTests
{
    const string Label = "2-50-20-1 · leaky-relu · optimizer momentum · lr 0.001 · weight-decay 0.01";

    [Fact]
    public void ALabelIsBrokenBetweenItsSettingsIntoThreeLinesAtMost()
    {
        using var font = new SKFont(PlotFont.Typeface, 14);
        Assert.Equal([Label], MosaicPlot.Lines(Label, font, 2000));
        Assert.Equal(["2-50-20-1 · leaky-relu · optimizer momentum", "lr 0.001 · weight-decay 0.01"], MosaicPlot.Lines(Label, font, 320));
        Assert.Equal(["2-50-20-1", "leaky-relu", "optimizer momentum · lr 0.001 · weight-decay 0.01"], MosaicPlot.Lines(Label, font, 64));
    }

    [Fact]
    public void TheSheetHasRoomForTheLongestLabel()
    {
        var grid = GridSpec.ForPicture(new Window(0, 1, 0, 1), 4, 3);
        int Height(params string[] labels)
        {
            MosaicTile[] tiles = [.. labels.Select(label => new MosaicTile(null, label, "row 1"))];
            using SKBitmap picture = MosaicPlot.Draw(grid, tiles, 4, "title", PlotStyle.Plain);
            return picture.Height;
        }

        Assert.InRange(Height("lr 1", Label) - Height("lr 1"), 14, 17);
        Assert.Equal(Height("lr 1"), Height(""));
    }
}
