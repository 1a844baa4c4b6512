using GpuMlp.Plotting;
using GpuMlp.Settings;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

public sealed class TrainabilityPlotTests : IDisposable
{
    static readonly MapScale X = new("lr", NumberAxis.Of(0.01, 100, true)), Y = new("momentum", NumberAxis.Of(0, 0.9, false));

    readonly Pictures folder = new();

    public void Dispose() => folder.Dispose();

    SKBitmap Draw(float[] values, int width, MapScale? x = null)
    {
        TrainabilityPlot.Save(folder["map.png"], values, width, values.Length / width, x ?? X, Y, "title");
        return Pictures.Decode(folder["map.png"]);
    }

    // where the first large square of one colour that is not white begins
    static (int Left, int Top) Area(SKBitmap picture)
    {
        for (int y = 0; y < picture.Height - 16; y++)
        {
            for (int x = 0; x < picture.Width - 16; x++)
            {
                SKColor colour = picture.GetPixel(x, y);
                if (colour == SKColors.White) continue;
                if (Enumerable.Range(0, 256).All(k => picture.GetPixel(x + k % 16, y + k / 16) == colour)) return (x, y);
            }
        }
        throw new InvalidOperationException("no value is drawn");
    }

    static bool IsBlue(SKColor colour) => colour.Blue > colour.Red + 40;

    static bool IsRed(SKColor colour) => colour.Red > colour.Blue + 20;

    [Fact]
    public void AValueTakesAWholeNumberOfPixelsAndRow0IsAtTheBottom()
    {
        // 12 × 10 values in 40 × 48 pixels each: converged on the left, diverged on the right, the fastest at the bottom
        float[] values = [.. Enumerable.Range(0, 120).Select(k => (k % 12 < 6 ? -1f : 1f) * (1 + k / 12))];
        using SKBitmap picture = Draw(values, 12);
        (int left, int top) = Area(picture);
        SKColor At(int column, int row) => picture.GetPixel(left + 40 * column + 20, top + 48 * (9 - row) + 24);
        for (int row = 0; row < 8; row++)
        {
            Assert.True(IsBlue(At(2, row)), $"row {row}: {At(2, row)}");
            Assert.True(IsRed(At(9, row)), $"row {row}: {At(9, row)}");
            Assert.Equal(At(0, row), At(5, row));
            Assert.NotEqual(At(0, row), At(0, row + 1));
            Assert.True(At(0, row).Green < At(0, row + 1).Green && At(9, row).Green < At(9, row + 1).Green, "slow is bright");
        }
        SKColor[] down = [.. Enumerable.Range(0, 460).Select(y => picture.GetPixel(left + 20, top + y))];
        int[] changes = [.. Enumerable.Range(1, down.Length - 1).Where(y => down[y] != down[y - 1])];
        Assert.Equal(9, changes.Length);
        Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.Equal(48, pair.Second - pair.First));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(700, 1)]
    [InlineData(1, 700)]
    [InlineData(500, 490)]
    public void AnySizeIsDrawn(int width, int height)
    {
        float[] values = [.. Enumerable.Range(0, width * height).Select(k => k % 3 - 1.5f)];
        using SKBitmap picture = Draw(values, width);
        Assert.InRange(picture.Width, Math.Max(480, width) + 120, Math.Max(960, width) + 260);
        Assert.InRange(picture.Height, Math.Max(480, height) + 40, Math.Max(960, height) + 140);
    }

    [Fact]
    public void DeepZoomsHaveTicks()
    {
        foreach (double factor in (double[])[1, 30, 1e5, 1e9, 1e14, 1e17, 1e300])
        {
            var scale = new MapScale("lr", X.Numbers.Zoom(0.3, factor));
            string[] labels = [.. Labels(scale)];
            if (factor <= 1e9) Assert.InRange(labels.Distinct().Count(), 2, 12);
            Assert.Equal(labels.Length, labels.Distinct().Count());
        }
        Assert.Equal(["0.01", "0.1", "1", "10", "100"], Labels(X));
        Assert.Equal(["0.2", "0.5", "1", "2", "5"], Labels(new MapScale("lr", NumberAxis.Of(0.15, 6, true))));
        Assert.Equal(["0.0", "0.2", "0.4", "0.6", "0.8"], Labels(Y));

        static IEnumerable<string> Labels(MapScale scale) => scale.Places(5).Select(tick => tick.Label).OfType<string>();
    }
}
