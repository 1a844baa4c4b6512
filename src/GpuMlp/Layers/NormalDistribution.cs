using GpuMlp.Numerics;

namespace GpuMlp.Layers;

/// <summary>The standard normal distribution in float64, which .NET does not have; it serves GELU's definition in float64.</summary>
static class NormalDistribution
{
    /// <summary>φ(x) = e^(-x²/2) / √(2π).</summary>
    internal static double Density(double x) => Float64.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>
    /// Φ(x), by its power series near 0 and by its continued fraction in the tails (Abramowitz and Stegun, 26.2.11 and 26.2.14).
    /// </summary>
    internal static double Cumulative(double x)
    {
        double a = Math.Abs(x);
        if (a > 40) return x < 0 ? 0 : 1;
        double tail = a < 3 ? 0.5 - Density(a) * Series(a) : Density(a) * Fraction(a);
        return x < 0 ? tail : 1 - tail;
    }

    // a + a³/3 + a⁵/(3·5) + …
    static double Series(double a)
    {
        double sum = a, term = a;
        for (int k = 3; term > 1e-17 * sum; k += 2) sum += term *= a * a / k;
        return sum;
    }

    // 1/(a + 1/(a + 2/(a + 3/(a + …))))
    static double Fraction(double a)
    {
        double value = a;
        for (int k = 200; k > 0; k--) value = a + k / value;
        return 1 / value;
    }
}
