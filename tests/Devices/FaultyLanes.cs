using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Tests;

/// <summary>What a wrong device does: each operation in IEEE's way unless a fault says otherwise.</summary>
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

/// <summary>A product that goes into a sum is not rounded.</summary>
struct Contracts : IFault
{
    static bool IFault.Contracts => true;
}

/// <summary>fma rounds its product.</summary>
struct RoundsFmaTwice : IFault
{
    public static float Fma(float a, float b, float c) => a * b + c;
}

/// <summary>Divides by a reciprocal, as fast division does.</summary>
struct DividesByReciprocal : IFault
{
    public static float Quotient(float a, float b) => float.IsNormal(b) && float.IsNormal(1f / b) && float.IsFinite(a) ? a * (1f / b) : a / b;
}

/// <summary>Roots are one place too large where they are not exact.</summary>
struct RootsOneUlpOff : IFault
{
    public static float Root(float a)
    {
        float root = MathF.Sqrt(a);
        return root * (double)root < a && float.IsFinite(a) ? MathF.BitIncrement(root) : root;
    }
}

/// <summary>Products are cut off instead of rounded.</summary>
struct CutsProducts : IFault
{
    public static float Product(float a, float b)
    {
        float p = a * b;
        return float.IsNormal(p) && Math.Abs((double)p) > Math.Abs((double)a * b) ? p > 0 ? MathF.BitDecrement(p) : MathF.BitIncrement(p) : p;
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

/// <summary>One float over host memory with a fault.</summary>
readonly unsafe struct FaultyLanes<TFault> : ILanes<FaultyLanes<TFault>, HostView> where TFault : struct, IFault
{
    readonly float v, factor, other;
    readonly bool isProduct;

    FaultyLanes(float value) => v = TFault.Value(value);

    FaultyLanes(float a, float b)
    {
        (v, factor, other, isProduct) = (TFault.Value(TFault.Product(TFault.Value(a), TFault.Value(b))), a, b, TFault.Contracts);
    }

    public static int Width => 1;
    public static FaultyLanes<TFault> Indices => new(0f);
    public static float Get(HostView view, int i) => view.Pointer[i];
    public static void Set(HostView view, int i, float value) => view.Pointer[i] = value;
    public static int GetInt(HostView view, int i) => ((int*)view.Pointer)[i];
    public static void SetInt(HostView view, int i, int value) => ((int*)view.Pointer)[i] = value;
    public static HostView From(HostView view, int i) => new(view.Pointer + i);
    public static FaultyLanes<TFault> Load(HostView view, int i) => new(view.Pointer[i]);
    public static void Store(HostView view, int i, FaultyLanes<TFault> value, int count) => view.Pointer[i] = value.v;
    public static FaultyLanes<TFault> Splat(float value) => new(value);
    public static FaultyLanes<TFault> Add(FaultyLanes<TFault> a, FaultyLanes<TFault> b) =>
        new(a.isProduct ? MathF.FusedMultiplyAdd(a.factor, a.other, b.v) : a.v + b.v);
    public static FaultyLanes<TFault> Subtract(FaultyLanes<TFault> a, FaultyLanes<TFault> b) =>
        new(b.isProduct ? MathF.FusedMultiplyAdd(-b.factor, b.other, a.v) : a.v - b.v);
    public static FaultyLanes<TFault> Negate(FaultyLanes<TFault> a) => new(-a.v);
    public static FaultyLanes<TFault> Multiply(FaultyLanes<TFault> a, FaultyLanes<TFault> b) => new(a.v, b.v);
    public static FaultyLanes<TFault> Fma(FaultyLanes<TFault> a, FaultyLanes<TFault> b, FaultyLanes<TFault> c) => new(TFault.Fma(a.v, b.v, c.v));
    public static FaultyLanes<TFault> Divide(FaultyLanes<TFault> a, FaultyLanes<TFault> b) => new(TFault.Quotient(a.v, b.v));
    public static FaultyLanes<TFault> Sqrt(FaultyLanes<TFault> a) => new(TFault.Root(a.v));
    public static FaultyLanes<TFault> Max(FaultyLanes<TFault> a, FaultyLanes<TFault> b) => a.v > b.v ? a : b;
    public static FaultyLanes<TFault> SelectLess(FaultyLanes<TFault> a, FaultyLanes<TFault> b, FaultyLanes<TFault> yes, FaultyLanes<TFault> no) =>
        TFault.Less(a.v, b.v) ? yes : no;
    public static FaultyLanes<TFault> SelectLessOrEqual(
        FaultyLanes<TFault> a, FaultyLanes<TFault> b, FaultyLanes<TFault> yes, FaultyLanes<TFault> no) => a.v <= b.v ? yes : no;
    public static FaultyLanes<TFault> PowerOfTwo(FaultyLanes<TFault> a) =>
        new(BitConverter.Int32BitsToSingle(TFault.Shift(BitConverter.SingleToInt32Bits(a.v))));
    public static FaultyLanes<TFault> Exponent(FaultyLanes<TFault> a) => new(Steps(a.v));
    public static FaultyLanes<TFault> Mantissa(FaultyLanes<TFault> a) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a.v) - (Steps(a.v) << 23)));
    public static float First(FaultyLanes<TFault> a) => a.v;
    public static float Tree(FaultyLanes<TFault> a) => a.v;

    static int Steps(float a) => BitConverter.SingleToInt32Bits(a) - 0x3F3504F3 >> 23;
}
