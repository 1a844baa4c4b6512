using System.Runtime.CompilerServices;

namespace GpuMlp.Kernels.Lanes;

/// <summary>One float over host memory: for processors without SIMD, and the reference for the wide lanes in tests.</summary>
public readonly unsafe struct HostLanes : ILanes<HostLanes, HostView>
{
    readonly float v;

    HostLanes(float value) => v = value;

    public static int Width => 1;

    public static HostLanes Indices => new(0f);

    public static HostView From(HostView view, int i) => new(view.Pointer + i);

    public static float Get(HostView view, int i) => view.Pointer[i];

    public static void Set(HostView view, int i, float value) => view.Pointer[i] = value;

    public static int GetInt(HostView view, int i) => ((int*)view.Pointer)[i];

    public static void SetInt(HostView view, int i, int value) => ((int*)view.Pointer)[i] = value;

    public static Two GetTwo(HostView view, int i) => new(Get(view, i), Get(view, i + 1));

    public static void SetTwo(HostView view, int i, Two value) => value.Store<HostLanes, HostView>(view, i);

    public static Four GetFour(HostView view, int i) => new(Get(view, i), Get(view, i + 1), Get(view, i + 2), Get(view, i + 3));

    public static void SetFour(HostView view, int i, Four value) => value.Store<HostLanes, HostView>(view, i);

    public static HostLanes Load(HostView view, int i) => new(view.Pointer[i]);

    public static void Store(HostView view, int i, HostLanes value, int count) => view.Pointer[i] = value.v;

    public static void Transpose(HostView from, int fromStep, HostView to, int toStep) =>
        Four.Transpose<HostLanes, HostView>(from, fromStep, to, toStep);

    public static HostLanes Splat(float value) => new(value);

    public static HostLanes Add(HostLanes a, HostLanes b) => new(a.v + b.v);

    public static HostLanes Subtract(HostLanes a, HostLanes b) => new(a.v - b.v);

    public static HostLanes Negate(HostLanes a) => new(-a.v);

    public static HostLanes Multiply(HostLanes a, HostLanes b) => new(a.v * b.v);

    public static HostLanes Fma(HostLanes a, HostLanes b, HostLanes c) => new(MathF.FusedMultiplyAdd(a.v, b.v, c.v));

    public static void Accumulate(ref HostLanes sum, HostLanes a, HostLanes b) => sum = Fma(a, b, sum);

    public static HostLanes Divide(HostLanes a, HostLanes b) => new(a.v / b.v);

    public static HostLanes Sqrt(HostLanes a) => new(MathF.Sqrt(a.v));

    public static HostLanes Max(HostLanes a, HostLanes b) => a.v > b.v ? a : b;

    public static HostLanes SelectLess(HostLanes a, HostLanes b, HostLanes yes, HostLanes no) => a.v < b.v ? yes : no;

    public static HostLanes SelectGreater(HostLanes a, HostLanes b, HostLanes yes, HostLanes no) => SelectLess(b, a, yes, no);

    public static HostLanes SelectLessOrEqual(HostLanes a, HostLanes b, HostLanes yes, HostLanes no) => a.v <= b.v ? yes : no;

    public static HostLanes PowerOfTwo(HostLanes a) => new(Float(Pattern(a.v) << 23));

    public static HostLanes Exponent(HostLanes a) => new((int)(Pattern(a.v) - Bits.SqrtHalf) >> 23);

    public static HostLanes Mantissa(HostLanes a)
    {
        uint bits = Pattern(a.v);
        return new(Float(bits - ((uint)((int)(bits - Bits.SqrtHalf) >> 23) << 23)));
    }

    public static float First(HostLanes a) => a.v;

    public static float Tree(HostLanes a) => a.v;

    public static HostLanes Trees(HostLanes a, HostLanes b, HostLanes c, HostLanes d) => a;

    static uint Pattern(float value) => Unsafe.BitCast<float, uint>(value);

    static float Float(uint pattern) => Unsafe.BitCast<uint, float>(pattern);
}
