using GpuMlp.Grids;

namespace GpuMlp.Tests;

/// <summary>Axes as NumPy makes them, and the windows that are refused.</summary>
public class GridSpecTests
{
    static readonly Window Tutorial = new(-1.5, 2.5, -1, 1.5);

    [Fact]
    public void StepsAreNumpysArange()
    {
        GridSpec grid = GridSpec.FromStep(Tutorial, 0.1);
        Assert.Equal((40, 25, 1000L), (grid.Width, grid.Height, grid.Points));
        // np.arange(-1.5, 2.5, .1)[[0, 1, 15, 39]] in float64, which ends in 2.4000000000000035
        Assert.Equal([-1.5f, -1.4f, (float)(-1.5 + 15 * (-1.5 + 0.1 - -1.5)), 2.4f], [grid.X[0], grid.X[1], grid.X[15], grid.X[39]]);
        Assert.Equal(3, GridSpec.FromStep(new(0, 0.3, 0, 1), 0.1).Width);       // ceil(0.3 / 0.1) = 3
        Assert.Equal(4, GridSpec.FromStep(new(1, 1.3, 0, 1), 0.1).Width);       // NumPy's own surprise: 1.3 - 1 is above 3 · 0.1
    }

    [Fact]
    public void SizesAreNumpysLinspace()
    {
        GridSpec grid = GridSpec.FromSize(Tutorial, 5, 1);
        Assert.Equal([-1.5f, -0.5f, 0.5f, 1.5f, 2.5f], grid.X);
        Assert.Equal([-1f], grid.Y);
        Assert.Equal(2.5f, GridSpec.FromSize(Tutorial, 4097, 3).X[^1]);
    }

    [Theory]
    [InlineData(1, -1, 0, 1)]
    [InlineData(0, 0, 0, 1)]
    [InlineData(0, 1, 2, 1)]
    [InlineData(double.NaN, 1, 0, 1)]
    [InlineData(0, 1, 0, double.PositiveInfinity)]
    [InlineData(-1.7e308, 1.7e308, 0, 1)]
    public void WindowsThatAreNoneAreRefused(double x0, double x1, double y0, double y1)
    {
        var window = new Window(x0, x1, y0, y1);
        Assert.Contains("window", Assert.Throws<ArgumentException>(() => GridSpec.FromSize(window, 3, 3)).Message);
        Assert.Contains("window", Assert.Throws<ArgumentException>(() => GridSpec.FromStep(window, 0.1)).Message);
    }

    [Theory]
    [InlineData(0, "positive")]
    [InlineData(-0.1, "positive")]
    [InlineData(double.NaN, "positive")]
    [InlineData(1e-5, "allowed are 10,000,000,000")]
    [InlineData(1e-300, "along an axis")]
    public void StepsThatAreNoneAreRefused(double step, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => GridSpec.FromStep(Tutorial, step)).Message);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(-1, 5)]
    [InlineData(200_000, 60_000)]
    [InlineData(int.MaxValue, 1)]
    public void SizesThatAreNoneAreRefused(int width, int height) =>
        Assert.Throws<ArgumentException>(() => GridSpec.FromSize(Tutorial, width, height));

    [Fact]
    public void WindowsFinerThanFloat32AreRefused()
    {
        // float32 is 2⁻²³ apart in [1, 2): nine points over eight steps are as fine as it goes
        const double ulp = 1.0 / (1 << 23);
        Assert.Equal(9, GridSpec.FromSize(new(1, 1 + 8 * ulp, 0, 1), 9, 2).Width);
        Assert.Contains("finer than float32's spacing", Assert.Throws<ArgumentException>(() => GridSpec.FromSize(new(1, 1 + 8 * ulp, 0, 1), 10, 2)).Message);
        Assert.Contains("along y", Assert.Throws<ArgumentException>(() => GridSpec.FromSize(new(0, 1, 1e6, 1e6 + 1e-3), 2, 2)).Message);
        Assert.Contains("beyond float32", Assert.Throws<ArgumentException>(() => GridSpec.FromSize(new(0, 1e39, 0, 1), 2, 2)).Message);
    }

    [Fact]
    public void InputsThatWereStandardizedAreRoundedOnce()
    {
        GridSpec grid = GridSpec.FromSize(Tutorial, 7, 5).Standardized(0.3, 0.7, -0.1, 3);
        Assert.Equal([.. Enumerable.Range(0, 7).Select(i => (float)((i * (4.0 / 6) + -1.5 - 0.3) / 0.7))], grid.X[..6].Append((float)((2.5 - 0.3) / 0.7)));
        Assert.Equal((float)((-1 - -0.1) / 3), grid.Y[0]);
        Assert.Equal(grid.Y.Reverse(), grid.TopDown().Y);
        Assert.Throws<ArgumentException>(() => grid.Standardized(0, 0, 0, 1));
    }
}
