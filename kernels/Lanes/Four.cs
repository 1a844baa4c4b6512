using GpuMlp.Kernels.Numerics;
using ILGPU;

namespace GpuMlp.Kernels.Lanes;

/// <summary>A quarter of <see cref="StripLanes"/>: four floats in named fields.</summary>
readonly struct Four(float a, float b, float c, float d)
{
    public readonly float A = a, B = b, C = c, D = d;

    public static Four Load(ArrayView<float> view, int i) => new(view[i], view[i + 1], view[i + 2], view[i + 3]);

    /// <summary>The first count values, all of them where count is at least 4, none where it is below 1.</summary>
    public static void Store(ArrayView<float> view, int i, Four value, int count)
    {
        if (count > 0) view[i] = value.A;
        if (count > 1) view[i + 1] = value.B;
        if (count > 2) view[i + 2] = value.C;
        if (count > 3) view[i + 3] = value.D;
    }

    public static Four Splat(float value) => new(value, value, value, value);

    public static Four Add(Four x, Four y) => new(x.A + y.A, x.B + y.B, x.C + y.C, x.D + y.D);

    public static Four Subtract(Four x, Four y) => new(x.A - y.A, x.B - y.B, x.C - y.C, x.D - y.D);

    public static Four Negate(Four x) => new(-x.A, -x.B, -x.C, -x.D);

    public static Four Multiply(Four x, Four y) =>
        new(Rounding.Multiply(x.A, y.A), Rounding.Multiply(x.B, y.B), Rounding.Multiply(x.C, y.C), Rounding.Multiply(x.D, y.D));

    public static Four Divide(Four x, Four y) =>
        new(Rounding.Divide(x.A, y.A), Rounding.Divide(x.B, y.B), Rounding.Divide(x.C, y.C), Rounding.Divide(x.D, y.D));

    public static Four Sqrt(Four x) => new(Rounding.Sqrt(x.A), Rounding.Sqrt(x.B), Rounding.Sqrt(x.C), Rounding.Sqrt(x.D));

    public static Four Fma(Four x, Four y, Four z) =>
        new(Rounding.Fma(x.A, y.A, z.A), Rounding.Fma(x.B, y.B, z.B), Rounding.Fma(x.C, y.C, z.C), Rounding.Fma(x.D, y.D, z.D));

    public static Four Max(Four x, Four y) =>
        new(x.A > y.A ? x.A : y.A, x.B > y.B ? x.B : y.B, x.C > y.C ? x.C : y.C, x.D > y.D ? x.D : y.D);

    public static Four SelectLess(Four x, Four y, Four yes, Four no) =>
        new(x.A < y.A ? yes.A : no.A, x.B < y.B ? yes.B : no.B, x.C < y.C ? yes.C : no.C, x.D < y.D ? yes.D : no.D);

    public static Four SelectLessOrEqual(Four x, Four y, Four yes, Four no) =>
        new(x.A <= y.A ? yes.A : no.A, x.B <= y.B ? yes.B : no.B, x.C <= y.C ? yes.C : no.C, x.D <= y.D ? yes.D : no.D);

    public static Four PowerOfTwo(Four x) => new(Shifted(x.A), Shifted(x.B), Shifted(x.C), Shifted(x.D));

    public static Four Exponent(Four x) => new(Steps(x.A), Steps(x.B), Steps(x.C), Steps(x.D));

    public static Four Mantissa(Four x) => new(Lowered(x.A), Lowered(x.B), Lowered(x.C), Lowered(x.D));

    public static float Tree(Four x) => x.A + x.C + (x.B + x.D);

    static float Shifted(float a) => Interop.IntAsFloat(Interop.FloatAsInt(a) << 23);

    static int Steps(float a) => (int)(Interop.FloatAsInt(a) - Bits.SqrtHalf) >> 23;

    static float Lowered(float a) => Interop.IntAsFloat(Interop.FloatAsInt(a) - ((uint)Steps(a) << 23));
}
