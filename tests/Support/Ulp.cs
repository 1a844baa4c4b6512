namespace GpuMlp.Tests.Support;

/// <summary>Distances in units in the last place of float32.</summary>
static class Ulp
{
    const double Overflow = 340282366920938463463374607431768211456.0;      // 2¹²⁸: what +∞ stands for

    /// <summary>The distance of neighbouring float32 numbers at a value: 2^(e - 23), and 2⁻¹⁴⁹ below 2⁻¹²⁶.</summary>
    internal static double Of(double value)
    {
        int exponent = (int)(BitConverter.DoubleToInt64Bits(value) >>> 52) & 0x7FF;
        return BitConverter.Int64BitsToDouble((long)(Math.Clamp(exponent - 1023, -126, 127) - 23 + 1023) << 52);
    }

    /// <summary>
    /// |computed - exact| in ulps of the exact value; 0 if both are NaN, +∞ if one is. ∞ counts as 2¹²⁸, the next number after the largest.
    /// </summary>
    internal static double Error(float computed, double exact)
    {
        if (double.IsNaN(exact) || float.IsNaN(computed)) return double.IsNaN(exact) && float.IsNaN(computed) ? 0 : double.PositiveInfinity;
        double limited = Math.Clamp(exact, -Overflow, Overflow);
        return Math.Abs(Math.Clamp((double)computed, -Overflow, Overflow) - limited) / Of(limited);
    }
}
