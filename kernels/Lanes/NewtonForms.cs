using ILGPU;

namespace GpuMlp.Kernels.Lanes;

/// <summary>IEEE division and square root by Newton steps with fma, for devices whose own operations are not correctly rounded.</summary>
/// <remarks>
/// Mantissas are brought to [1, 2) (for the root to [1, 4)), where fma's residual is exact and one step from a correctly rounded
/// reciprocal gives the correctly rounded quotient (P. Markstein, "Computation of elementary functions on the IBM RISC System/6000
/// processor", 1990). Exponents, subnormals and special cases use integer arithmetic, so a device that flushes subnormals does no harm.
/// Nothing here depends on the device's division: with a correct fma the bits are the same everywhere.
/// </remarks>
public static class NewtonForms
{
    const uint Magnitude = 0x7FFFFFFF, Infinity = 0x7F800000, NaN = 0x7FC00000, Fraction = 0x007FFFFF;
    const uint Hidden = 0x00800000, One = 0x3F800000;

    /// <summary>a / b, correctly rounded.</summary>
    public static float Divide(float a, float b)
    {
        uint x = Interop.FloatAsInt(a), y = Interop.FloatAsInt(b), sign = (x ^ y) & ~Magnitude;
        x &= Magnitude;
        y &= Magnitude;
        if (x > Infinity || y > Infinity || (x == y && (x == 0 || x == Infinity))) return Interop.IntAsFloat(NaN);
        if (x == Infinity || y == 0) return Interop.IntAsFloat(sign | Infinity);
        if (x == 0 || y == Infinity) return Interop.IntAsFloat(sign);
        uint normalX = Normalize(x), normalY = Normalize(y);
        float m = Mantissa(normalX, 0), d = Mantissa(normalY, 0), reciprocal = Reciprocal(d);
        float q = Rounding.Multiply(m, reciprocal);
        q = Rounding.Fma(Rounding.Fma(-d, q, m), reciprocal, q);           // now off by at most one unit in the last place
        q = Rounding.Fma(Rounding.Fma(-d, q, m), reciprocal, q);           // now correctly rounded
        uint quotient = Interop.FloatAsInt(q);
        int exponent = Exponent(x, normalX) - Exponent(y, normalY) + (int)(quotient >> 23);
        if (exponent >= 255) return Interop.IntAsFloat(sign | Infinity);
        if (exponent > 0) return Interop.IntAsFloat(sign | (uint)exponent << 23 | quotient & Fraction);
        return Interop.IntAsFloat(sign | Subnormal(quotient & Fraction | Hidden, 1 - exponent, Rounding.Fma(-d, q, m)));
    }

    /// <summary>√a, correctly rounded.</summary>
    public static float Sqrt(float a)
    {
        uint x = Interop.FloatAsInt(a);
        if ((x & Magnitude) == 0 || x == Infinity) return a;
        if (x > Infinity) return Interop.IntAsFloat(NaN);                   // NaN or negative
        uint normal = Normalize(x);
        int exponent = Exponent(x, normal), odd = exponent & 1;
        float m = Mantissa(normal, odd);
        float y = Interop.IntAsFloat(0x5F3759DFu - (Interop.FloatAsInt(m) >> 1));       // 1/√m within 4 %
        y = RootStep(m, RootStep(m, RootStep(m, y)));
        float root = Rounding.Multiply(m, y);
        root = Rounding.Fma(Rounding.Fma(-root, root, m), Rounding.Multiply(0.5f, y), root);
        return Interop.IntAsFloat((uint)((int)Interop.FloatAsInt(root) + ((exponent - odd >> 1) << 23)));
    }

    /// <summary>1 / d for d in [1, 2), correctly rounded (checked for each of the 2²³ values).</summary>
    public static float Reciprocal(float d)
    {
        if (Interop.FloatAsInt(d) == (One | Fraction)) return 0.50000006f;              // the one value that the steps round wrongly
        float y = Interop.IntAsFloat(0x7EF311C7u - Interop.FloatAsInt(d));              // 1/d within 13 %
        return Step(d, Step(d, Step(d, Step(d, y))));
    }

    static float Step(float d, float y) => Rounding.Fma(Rounding.Fma(-d, y, 1f), y, y);

    static float RootStep(float m, float y) => Rounding.Fma(Rounding.Fma(-Rounding.Multiply(m, y), Rounding.Multiply(0.5f, y), 0.5f), y, y);

    // the bit pattern of a subnormal, as an integer, is its value in units of 2⁻¹⁴⁹; as a float that integer is a normal number
    static uint Normalize(uint bits) => bits < Hidden ? Interop.FloatAsInt((int)bits) : bits;

    static int Exponent(uint bits, uint normal) => (int)(normal >> 23) - 127 - (bits < Hidden ? 149 : 0);

    static float Mantissa(uint normal, int exponent) => Interop.IntAsFloat((normal & Fraction) + One + ((uint)exponent << 23));

    // rounds once, to nearest: shifts the quotient's 24 bits right; the remainder of the division decides ties, then evenness
    static uint Subnormal(uint bits, int shift, float rest)
    {
        if (shift > 25) return 0;
        uint kept = bits >> shift, lost = bits - (kept << shift), half = 1u << shift - 1;
        bool up = lost > half || (lost == half && (rest > 0f || (rest == 0f && (kept & 1) != 0)));
        return up ? kept + 1 : kept;
    }
}
