using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Eight floats over host memory in one 256-bit register.</summary>
public unsafe struct Lanes256 : ILanes<Lanes256, HostView>
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    Vector256<float> v;

    Lanes256(Vector256<float> value) => v = value;

    public static int Width => 8;

    public static Lanes256 Indices => new(Vector256<float>.Indices);

    public static HostView From(HostView view, int i) => new(view.Pointer + i);

    public static float Get(HostView view, int i) => view.Pointer[i];

    public static void Set(HostView view, int i, float value) => view.Pointer[i] = value;

    public static int GetInt(HostView view, int i) => ((int*)view.Pointer)[i];

    public static void SetInt(HostView view, int i, int value) => ((int*)view.Pointer)[i] = value;

    [MethodImpl(Inline)]
    public static Two GetTwo(HostView view, int i) => new(Get(view, i), Get(view, i + 1));

    [MethodImpl(Inline)]
    public static void SetTwo(HostView view, int i, Two value) => value.Store<Lanes256, HostView>(view, i);

    [MethodImpl(Inline)]
    public static Four GetFour(HostView view, int i) => new(Get(view, i), Get(view, i + 1), Get(view, i + 2), Get(view, i + 3));

    [MethodImpl(Inline)]
    public static void SetFour(HostView view, int i, Four value) => value.Store<Lanes256, HostView>(view, i);

    [MethodImpl(Inline)]
    public static Lanes256 Load(HostView view, int i) => new(Vector256.Load(view.Pointer + i));

    [MethodImpl(Inline)]
    public static void Store(HostView view, int i, Lanes256 value, int count)
    {
        if (count >= 8) value.v.Store(view.Pointer + i);
        else if (count == 4) value.v.GetLower().Store(view.Pointer + i);               // a masked store takes ten times as long
        else if (Avx.IsSupported) Avx.MaskStore(view.Pointer + i, First(count), value.v);
        else StorePart(view.Pointer + i, value.v, count);
    }

    [MethodImpl(Inline)]
    public static void Transpose(HostView from, int fromStep, HostView to, int toStep) => Lanes128.Transpose(from, fromStep, to, toStep);

    [MethodImpl(Inline)]
    public static Lanes256 Splat(float value) => new(Vector256.Create(value));

    [MethodImpl(Inline)]
    public static Lanes256 Add(Lanes256 a, Lanes256 b) => new(a.v + b.v);

    [MethodImpl(Inline)]
    public static Lanes256 Subtract(Lanes256 a, Lanes256 b) => new(a.v - b.v);

    [MethodImpl(Inline)]
    public static Lanes256 Negate(Lanes256 a) => new(-a.v);

    [MethodImpl(Inline)]
    public static Lanes256 Multiply(Lanes256 a, Lanes256 b) => new(a.v * b.v);

    [MethodImpl(Inline)]
    public static Lanes256 Fma(Lanes256 a, Lanes256 b, Lanes256 c) => new(Vector256.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(Inline)]
    public static void Accumulate(ref Lanes256 sum, Lanes256 a, Lanes256 b) => sum.v = Vector256.FusedMultiplyAdd(a.v, b.v, sum.v);

    [MethodImpl(Inline)]
    public static Lanes256 Divide(Lanes256 a, Lanes256 b) => new(a.v / b.v);

    [MethodImpl(Inline)]
    public static Lanes256 Sqrt(Lanes256 a) => new(Vector256.Sqrt(a.v));

    // the instruction treats NaN and zeros as Max has to
    [MethodImpl(Inline)]
    public static Lanes256 Max(Lanes256 a, Lanes256 b) => Avx.IsSupported ? new(Avx.Max(a.v, b.v)) : SelectLess(b, a, a, b);

    [MethodImpl(Inline)]
    public static Lanes256 SelectLess(Lanes256 a, Lanes256 b, Lanes256 yes, Lanes256 no) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a.v, b.v), yes.v, no.v));

    [MethodImpl(Inline)]
    public static Lanes256 SelectGreater(Lanes256 a, Lanes256 b, Lanes256 yes, Lanes256 no) => SelectLess(b, a, yes, no);

    [MethodImpl(Inline)]
    public static Lanes256 SelectLessOrEqual(Lanes256 a, Lanes256 b, Lanes256 yes, Lanes256 no) =>
        new(Vector256.ConditionalSelect(Vector256.LessThanOrEqual(a.v, b.v), yes.v, no.v));

    [MethodImpl(Inline)]
    public static Lanes256 PowerOfTwo(Lanes256 a) => new((a.v.AsInt32() << 23).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes256 Exponent(Lanes256 a) => new(Vector256.ConvertToSingle(Steps(a)));

    [MethodImpl(Inline)]
    public static Lanes256 Mantissa(Lanes256 a) => new((a.v.AsInt32() - (Steps(a) << 23)).AsSingle());

    [MethodImpl(Inline)]
    public static float First(Lanes256 a) => a.v.ToScalar();

    [MethodImpl(Inline)]
    public static float Tree(Lanes256 a) => Tree(a.v);

    [MethodImpl(Inline)]
    public static Lanes256 Trees(Lanes256 a, Lanes256 b, Lanes256 c, Lanes256 d) => new(Trees(a.v, b.v, c.v, d.v).ToVector256Unsafe());

    [MethodImpl(Inline)]
    internal static Vector128<float> Trees(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) =>
        Lanes128.Trees(Sum(a), Sum(b), Sum(c), Sum(d));

    [MethodImpl(Inline)]
    static Vector128<float> Sum(Vector256<float> v) => v.GetLower() + v.GetUpper();

    [MethodImpl(Inline)]
    internal static float Tree(Vector256<float> v) => Lanes128.Tree(v.GetLower() + v.GetUpper());

    [MethodImpl(Inline)]
    static Vector256<int> Steps(Lanes256 a) => (a.v.AsInt32() - Vector256.Create((int)Bits.SqrtHalf)) >> 23;

    [MethodImpl(Inline)]
    static Vector256<float> First(int count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StorePart(float* target, Vector256<float> value, int count)
    {
        for (int k = 0; k < count; k++) target[k] = value[k];
    }
}
