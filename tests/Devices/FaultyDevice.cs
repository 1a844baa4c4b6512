using GpuMlp.Devices.Finding;

namespace GpuMlp.Tests.Devices;

/// <summary>The arithmetic of a wrong device: each operation is IEEE's unless a fault overrides it.</summary>
interface IFault
{
    static virtual float Value(float x) => x;
    static virtual float Product(float a, float b) => a * b;
    static virtual float Quotient(float a, float b) => a / b;
    static virtual float Root(float a) => MathF.Sqrt(a);
    static virtual float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
    static virtual bool Less(float a, float b) => a < b;
    static virtual int Shift(int pattern) => pattern << 23;
    static virtual bool Contracts => false;
}

struct NoFault : IFault;

/// <summary>Subnormal operands and results are zeros.</summary>
struct FlushesSubnormals : IFault
{
    public static float Value(float x) => float.IsSubnormal(x) ? MathF.CopySign(0f, x) : x;
}

/// <summary>A product that is added to something is not rounded before.</summary>
struct Contracts : IFault
{
    static bool IFault.Contracts => true;
}

/// <summary>fma rounds its product before the sum.</summary>
struct RoundsFmaTwice : IFault
{
    public static float Fma(float a, float b, float c) => a * b + c;
}

/// <summary>Divides by a reciprocal, as fast division does.</summary>
struct DividesByReciprocal : IFault
{
    public static float Quotient(float a, float b) =>
        float.IsNormal(b) && float.IsNormal(1f / b) && float.IsFinite(a) ? a * (1f / b) : a / b;
}

/// <summary>A root that is not exact is one unit in the last place too large.</summary>
struct RootsOneUlpOff : IFault
{
    public static float Root(float a)
    {
        float root = MathF.Sqrt(a);
        return root * (double)root < a && float.IsFinite(a) ? MathF.BitIncrement(root) : root;
    }
}

/// <summary>Products are truncated instead of rounded.</summary>
struct CutsProducts : IFault
{
    public static float Product(float a, float b)
    {
        float p = a * b;
        if (!float.IsNormal(p) || Math.Abs((double)p) <= Math.Abs((double)a * b)) return p;
        return p > 0 ? MathF.BitDecrement(p) : MathF.BitIncrement(p);
    }
}

/// <summary>NaN is less than anything.</summary>
struct NaNIsLess : IFault
{
    public static bool Less(float a, float b) => !(a >= b);
}

/// <summary>Shifts of a float's bits lose the sign.</summary>
struct LosesBits : IFault
{
    public static int Shift(int pattern) => pattern << 23 & int.MaxValue;
}

/// <summary>The results that a device with a fault gives in the self-test.</summary>
static class FaultyDevice
{
    internal static float[] Results<T>() where T : struct, IFault
    {
        var results = new List<float>();
        for (int i = 0; i < SelfTest.Triples; i++)
        {
            ReadOnlySpan<float> triple = SelfTest.Operands.Slice(3 * i, 3);
            float a = T.Value(triple[0]), b = T.Value(triple[1]), c = T.Value(triple[2]), product = T.Value(T.Product(a, b));
            int bits = BitConverter.SingleToInt32Bits(a), steps = bits - 0x3F3504F3 >> 23;
            results.AddRange(
            [
                T.Value(a + b), T.Value(a - b), product, T.Value(T.Fma(a, b, c)),
                T.Value(T.Contracts ? MathF.FusedMultiplyAdd(a, b, c) : product + c),
                T.Value(T.Contracts ? MathF.FusedMultiplyAdd(-a, b, c) : c - product),
                T.Value(T.Quotient(a, b)), T.Value(T.Root(a)),
                T.Value(BitConverter.Int32BitsToSingle(T.Shift(bits))),
                steps,
                T.Value(BitConverter.Int32BitsToSingle(bits - (steps << 23))),
                T.Less(a, b) ? c : -a, a <= b ? c : -a, a > b ? a : b,
                T.Less(1f, a) ? c : b, a <= 1f ? c : b, 0f > a ? 0f : a,
                BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(triple[0]) * 1664525 + 1013904223),
            ]);
        }
        return [.. results];
    }
}
