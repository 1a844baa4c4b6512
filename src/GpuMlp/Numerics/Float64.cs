using System.Runtime.CompilerServices;

namespace GpuMlp.Numerics;

/// <summary>Elementary functions in float64 on the host, made of +, -, ·, /, fma and roundings to integers alone.</summary>
/// <remarks>
/// Those of .NET's Math are the C library's, which differ in the last place from system to system. What reaches a result (normal random
/// numbers, data sets, schedules, Adam's corrections, losses) comes from here, and has the same bits everywhere. The errors that are given
/// are held by tests/Numerics/Float64Tests.cs against Math, whose own error of up to an ulp they allow on top. The functions are compiled
/// with all optimizations at once: a run calls them a hundred thousand times, and is over before .NET would compile them a second time.
/// </remarks>
static class Float64
{
    // π/2 in three parts and ln 2 in two; all but the last have trailing zeros, so that an integer of 20 bits times them is exact
    const double HalfPi1 = 1.5707963267341256, HalfPi2 = 6.077100506303966e-11, HalfPi3 = 2.0222662487959506e-21;
    const double Ln2High = 0.6931471803691238, Ln2Low = 1.9082149292705877e-10;

    // beyond these e^x is no finite number, or 0
    const double LargestExponent = 709.782712893384, SmallestExponent = -745.1332191019412;

    /// <summary>The largest angle that <see cref="SinCos"/> takes: from a million on its parts of π/2 are not exact any more.</summary>
    internal const double LargestAngle = 1e6;

    // 1 / n!, and 1 / n
    static readonly double[] inverseFactorials = InverseFactorials(24), inverses = [.. Enumerable.Range(0, 28).Select(n => 1.0 / n)];

    static double[] InverseFactorials(int count)
    {
        var factorials = new double[count];
        double factorial = 1;
        for (int n = 0; n < count; n++)
        {
            if (n > 0) factorial *= n;
            factorials[n] = 1 / factorial;
        }
        return factorials;
    }

    /// <summary>ln x, within 1 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Log(double x)
    {
        if (!(x > 0) || double.IsInfinity(x)) return x == 0 ? double.NegativeInfinity : x > 0 ? x : double.NaN;
        int exponent = Math.ILogB(x);
        double m = Math.ScaleB(x, -exponent);
        if (m > 1.4142135623730951) (m, exponent) = (m / 2, exponent + 1);
        // with f = m - 1 and s = f / (2 + f), ln m = 2 artanh s = 2 s + 2 s (s²/3 + s⁴/5 + …), and 2 s = f - s f, of which f is exact
        double f = m - 1, s = f / (2 + f), square = s * s, series = 0;
        for (int k = 27; k >= 3; k -= 2) series = (series + inverses[k]) * square;
        return exponent * Ln2High - (s * (f - 2 * series) - exponent * Ln2Low - f);
    }

    /// <summary>eˣ, within 1 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Exp(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x > LargestExponent) return double.PositiveInfinity;
        if (x < SmallestExponent) return 0;
        double n = Math.Round(x / (Ln2High + Ln2Low)), r = Math.FusedMultiplyAdd(-n, Ln2High, x) - n * Ln2Low;
        return Math.ScaleB(1 + ExpMinus1OfSmall(r), (int)n);
    }

    /// <summary>tanh x, within 2 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Tanh(double x)
    {
        double a = 2 * Math.Abs(x), t = a < 0.7 ? ExpMinus1OfSmall(a) : Exp(a) - 1;
        return double.IsInfinity(t) ? Math.Sign(x) : Math.CopySign(t / (t + 2), x);
    }

    // e^r - 1 = r + r²/2! + …, of |r| < 0.7
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double ExpMinus1OfSmall(double r)
    {
        double sum = 0;
        for (int n = 18; n >= 2; n--) sum = (sum + inverseFactorials[n]) * r;
        return r + sum * r;
    }

    /// <summary>sin x and cos x, within 2⁻⁵³ · 1.5 (an ulp of 1 is 2⁻⁵²).</summary>
    /// <exception cref="ArgumentOutOfRangeException">|x| is above <see cref="LargestAngle"/>, or x is not a number.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (double Sin, double Cos) SinCos(double x)
    {
        if (!(Math.Abs(x) <= LargestAngle)) throw new ArgumentOutOfRangeException(nameof(x), x, $"an angle is at most {LargestAngle}");
        double quarters = Math.Round(x / (HalfPi1 + HalfPi2));
        double r = x - quarters * HalfPi1 - quarters * HalfPi2 - quarters * HalfPi3, square = r * r;
        double sin = 0, cos = 0;
        for (int n = 19; n >= 3; n -= 2) sin = (inverseFactorials[n] - sin) * square;
        for (int n = 20; n >= 2; n -= 2) cos = (inverseFactorials[n] - cos) * square;
        (sin, cos) = (r - r * sin, 1 - cos);
        return ((int)quarters & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            3 => (-cos, sin),
            int other => throw new InvalidOperationException($"quarter {other}"),
        };
    }

    /// <summary>xⁿ of a whole n ≥ 0, by squaring: within 2n · 2⁻⁵³ of itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Power(double x, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        double power = 1;
        for (; n > 0; n >>= 1, x *= x)
            if ((n & 1) != 0) power *= x;
        return power;
    }
}
