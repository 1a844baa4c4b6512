using GpuMlp.Numerics;

namespace GpuMlp.Tests.Numerics;

/// <summary>The host's own elementary functions: near the C library's, and the same bits on every system.</summary>
public class Float64Tests
{
    const int Count = 300_000;

    // n numbers between two, evenly on the scale of their logarithms
    static IEnumerable<double> Between(double from, double to) =>
        Enumerable.Range(0, Count).Select(k => from * Math.Pow(to / from, k / (Count - 1.0)));

    // steps between neighbours of float64; both have the same sign
    static long Ulps(double a, double b) => Math.Abs(BitConverter.DoubleToInt64Bits(a) - BitConverter.DoubleToInt64Bits(b));

    static long Worst(IEnumerable<double> values, Func<double, double> own, Func<double, double> library) =>
        values.Max(x => Ulps(own(x), library(x)));

    // the library's own error is up to one more
    [Fact]
    public void LogarithmsAreWithinAnUlp() =>
        Assert.InRange(Worst(
            [.. Between(1e-300, 1e300), .. Between(0.7, 1.5), .. Between(1 - 1e-10, 1 + 1e-10)], Float64.Log, Math.Log), 0, 2);

    [Fact]
    public void ExponentialsAreWithinAnUlp() =>
        Assert.InRange(Worst([.. Between(1e-20, 700), .. Between(1e-20, 700).Select(x => -x)], Float64.Exp, Math.Exp), 0, 2);

    [Fact]
    public void HyperbolicTangentsAreWithinTwoUlps() => Assert.InRange(Worst(Between(1e-20, 30), Float64.Tanh, Math.Tanh), 0, 3);

    [Fact]
    public void SinesAndCosinesAreNear()
    {
        double worst = 0;
        foreach (double angle in (IEnumerable<double>)[.. Between(1e-9, 30), .. Between(30, 0.999 * Float64.LargestAngle)])
        {
            (double sin, double cos) = Float64.SinCos(-angle);
            worst = Math.Max(worst, Math.Max(Math.Abs(sin - Math.Sin(-angle)), Math.Abs(cos - Math.Cos(angle))));
        }
        Assert.InRange(worst, 0, 2.5 * Math.Pow(2, -53));
    }

    [Fact]
    public void PowersAreNear()
    {
        foreach (double x in (double[])[0.9, 0.999, 0.5, 1, 2])
            for (int n = 0; n <= 1000; n++)
                Assert.InRange(Math.Abs(Float64.Power(x, n) / Math.Pow(x, n) - 1), 0, (2 * n + 4) * Math.Pow(2, -53));
        Assert.Equal(0, Float64.Power(0.9, int.MaxValue));
    }

    [Theory]
    [InlineData(double.NaN, double.NaN, double.NaN, double.NaN)]
    [InlineData(0, double.NegativeInfinity, 1, 0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, 1)]
    [InlineData(double.NegativeInfinity, double.NaN, 0, -1)]
    [InlineData(-1000, double.NaN, 0, -1)]
    [InlineData(1000, 6.907755278982137, double.PositiveInfinity, 1)]
    [InlineData(1, 0, 2.7182818284590455, 0.7615941559557649)]
    [InlineData(double.Epsilon, -744.4400719213812, 1, double.Epsilon)]
    public void AtTheEnds(double x, double log, double exp, double tanh) =>
        Assert.Equal((log, exp, tanh), (Float64.Log(x), Float64.Exp(x), Float64.Tanh(x)));

    [Fact]
    public void AnglesHaveABound()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Float64.SinCos(2 * Float64.LargestAngle));
        Assert.Throws<ArgumentOutOfRangeException>(() => Float64.SinCos(double.NaN));
    }

    [Fact]
    public void TheBitsAreTheSameOnEverySystem()
    {
        ulong sum = 14695981039346656037;
        void Add(double value) => sum = (sum ^ BitConverter.DoubleToUInt64Bits(value)) * 1099511628211;
        for (int k = 1; k <= 100_000; k++)
        {
            double x = k * 0.001 + 1.0 / k;
            Add(Float64.Log(x));
            Add(Float64.Exp(-x));
            Add(Float64.Tanh(x / 10));
            (double sin, double cos) = Float64.SinCos(x);
            Add(sin);
            Add(cos);
            Add(Float64.Power(0.999, k));
        }
        Assert.Equal(12057150931055301300UL, sum);
    }
}
