using GpuMlp.Grids;

namespace GpuMlp.Tests.Grids;

/// <summary>Axes have the values that NumPy gives them, and bad windows are refused.</summary>
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
        Assert.Equal(4, GridSpec.FromStep(new(1, 1.3, 0, 1), 0.1).Width);       // as in NumPy: 1.3 - 1 is above 3 · 0.1 in float64
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
        // in [1, 2) float32 has a spacing of 2⁻²³: nine points over eight such steps are the finest grid
        const double ulp = 1.0 / (1 << 23);
        Assert.Equal(9, GridSpec.FromSize(new(1, 1 + 8 * ulp, 0, 1), 9, 2).Width);
        Window eightSteps = new(1, 1 + 8 * ulp, 0, 1);
        var e = Assert.Throws<ArgumentException>(() => GridSpec.FromSize(eightSteps, 10, 2));
        Assert.Contains("finer than float32's spacing", e.Message);
        Assert.Contains("along y", Assert.Throws<ArgumentException>(() => GridSpec.FromSize(new(0, 1, 1e6, 1e6 + 1e-3), 2, 2)).Message);
        Assert.Contains("beyond float32", Assert.Throws<ArgumentException>(() => GridSpec.FromSize(new(0, 1e39, 0, 1), 2, 2)).Message);
    }

    [Fact]
    public void InputsThatWereStandardizedAreRoundedOnce()
    {
        var scale = new PlaneScale(0.3, 0.7, -0.1, 3);
        GridSpec grid = GridSpec.FromSize(Tutorial, 7, 5, scale);
        IEnumerable<float> inner = Enumerable.Range(0, 6).Select(i => (float)((i * (4.0 / 6) + -1.5 - 0.3) / 0.7));
        Assert.Equal([.. inner, (float)((2.5 - 0.3) / 0.7)], grid.X);
        Assert.Equal((float)((-1 - -0.1) / 3), grid.Y[0]);
        Assert.Equal(grid.Y.Reverse(), grid.TopDown().Y);
        Assert.Equal((2.5, 1.5), (grid.XAt(6), grid.TopDown().YAt(0)));
        Assert.Equal(grid.X, GridSpec.ForPicture(Tutorial, 7, 5, scale).X);
        BoundaryPoint back = scale.Back(new(grid.X[6], grid.Y[4]));
        Assert.Equal((2.5, 1.5), (Math.Round(back.X, 5), Math.Round(back.Y, 5)));
        Assert.Throws<ArgumentException>(() => GridSpec.FromSize(Tutorial, 7, 5, new PlaneScale(0, 0, 0, 1)));
    }

    [Fact]
    public void WindowsThatFloat32CannotTellApartAreFineOnceTheyAreStandardized()
    {
        var survey = new Window(499_999, 500_003, 5_399_999, 5_400_001);
        string Refusal(Func<GridSpec> make) => Assert.Throws<ArgumentException>(make).Message;
        Assert.Contains("finer than float32's spacing", Refusal(() => GridSpec.FromSize(survey, 400, 300)));
        GridSpec grid = GridSpec.FromSize(survey, 400, 300, new PlaneScale(500_001, 1, 5_400_000, 0.5));
        Assert.Equal((-2f, 2f, -2f, 2f), (grid.X[0], grid.X[^1], grid.Y[0], grid.Y[^1]));
        Assert.Equal(400, grid.X.Distinct().Count());
        // the other way round: points that float32 tells apart in the data's units, but not in the standardized ones
        Assert.Contains("standardized units", Refusal(() => GridSpec.FromSize(Tutorial, 9, 9, new PlaneScale(0, 1e300, 0, 1))));
        Assert.Contains("beyond float32", Refusal(() => GridSpec.FromStep(Tutorial, 0.1, new PlaneScale(0, 1e-300, 0, 1))));
    }

    [Theory]
    [InlineData(1, 1 + 1e-9)]
    [InlineData(16777214, 16777236)]
    [InlineData(0, 1e-44)]
    [InlineData(-4e38, 4e38)]
    [InlineData(1e300, 1.1e300)]
    public void APictureIsOfAnyWindow(double from, double to)
    {
        var window = new Window(from, to, 0, 1);
        Assert.Throws<ArgumentException>(() => GridSpec.FromSize(window, 100, 3));
        GridSpec grid = GridSpec.ForPicture(window, 100, 3);
        Assert.All(grid.X, x => Assert.True(float.IsFinite(x)));
        Assert.Equal(grid.X.Order(), grid.X);
        Assert.Equal((from, to), (grid.XAt(0), grid.XAt(99)));
        Assert.Throws<ArgumentException>(() => GridSpec.ForPicture(new(to, from, 0, 1), 2, 2));
    }
}
