using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Sixteen floats over host memory in one 512-bit register.</summary>
public unsafe struct Lanes512 : ILanes<Lanes512, HostView>
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    Vector512<float> v;

    Lanes512(Vector512<float> value) => v = value;

    public static int Width => 16;

    public static Lanes512 Indices => new(Vector512<float>.Indices);

    public static HostView From(HostView view, int i) => new(view.Pointer + i);

    public static float Get(HostView view, int i) => view.Pointer[i];

    public static void Set(HostView view, int i, float value) => view.Pointer[i] = value;

    public static int GetInt(HostView view, int i) => ((int*)view.Pointer)[i];

    public static void SetInt(HostView view, int i, int value) => ((int*)view.Pointer)[i] = value;

    [MethodImpl(Inline)]
    public static Two GetTwo(HostView view, int i) => new(Get(view, i), Get(view, i + 1));

    [MethodImpl(Inline)]
    public static void SetTwo(HostView view, int i, Two value) => value.Store<Lanes512, HostView>(view, i);

    [MethodImpl(Inline)]
    public static Four GetFour(HostView view, int i) => new(Get(view, i), Get(view, i + 1), Get(view, i + 2), Get(view, i + 3));

    [MethodImpl(Inline)]
    public static void SetFour(HostView view, int i, Four value) => value.Store<Lanes512, HostView>(view, i);

    [MethodImpl(Inline)]
    public static Lanes512 Load(HostView view, int i) => new(Vector512.Load(view.Pointer + i));

    [MethodImpl(Inline)]
    public static void Store(HostView view, int i, Lanes512 value, int count)
    {
        if (count >= 16) value.v.Store(view.Pointer + i);
        else if (Avx512F.IsSupported) Avx512F.MaskStore(view.Pointer + i, First(count), value.v);
        else StorePart(view.Pointer + i, value.v, count);
    }

    [MethodImpl(Inline)]
    public static void Transpose(HostView from, int fromStep, HostView to, int toStep) => Lanes128.Transpose(from, fromStep, to, toStep);

    [MethodImpl(Inline)]
    public static Lanes512 Splat(float value) => new(Vector512.Create(value));

    [MethodImpl(Inline)]
    public static Lanes512 Add(Lanes512 a, Lanes512 b) => new(a.v + b.v);

    [MethodImpl(Inline)]
    public static Lanes512 Subtract(Lanes512 a, Lanes512 b) => new(a.v - b.v);

    [MethodImpl(Inline)]
    public static Lanes512 Negate(Lanes512 a) => new(-a.v);

    [MethodImpl(Inline)]
    public static Lanes512 Multiply(Lanes512 a, Lanes512 b) => new(a.v * b.v);

    [MethodImpl(Inline)]
    public static Lanes512 Fma(Lanes512 a, Lanes512 b, Lanes512 c) => new(Vector512.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(Inline)]
    public static void Accumulate(ref Lanes512 sum, Lanes512 a, Lanes512 b) => sum.v = Vector512.FusedMultiplyAdd(a.v, b.v, sum.v);

    [MethodImpl(Inline)]
    public static Lanes512 Divide(Lanes512 a, Lanes512 b) => new(a.v / b.v);

    [MethodImpl(Inline)]
    public static Lanes512 Sqrt(Lanes512 a) => new(Vector512.Sqrt(a.v));

    // the instruction treats NaN and zeros as Max has to
    [MethodImpl(Inline)]
    public static Lanes512 Max(Lanes512 a, Lanes512 b) => Avx512F.IsSupported ? new(Avx512F.Max(a.v, b.v)) : SelectLess(b, a, a, b);

    [MethodImpl(Inline)]
    public static Lanes512 SelectLess(Lanes512 a, Lanes512 b, Lanes512 yes, Lanes512 no) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a.v, b.v), yes.v, no.v));

    [MethodImpl(Inline)]
    public static Lanes512 SelectGreater(Lanes512 a, Lanes512 b, Lanes512 yes, Lanes512 no) => SelectLess(b, a, yes, no);

    [MethodImpl(Inline)]
    public static Lanes512 SelectLessOrEqual(Lanes512 a, Lanes512 b, Lanes512 yes, Lanes512 no) =>
        new(Vector512.ConditionalSelect(Vector512.LessThanOrEqual(a.v, b.v), yes.v, no.v));

    [MethodImpl(Inline)]
    public static Lanes512 PowerOfTwo(Lanes512 a) => new((a.v.AsInt32() << 23).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes512 Exponent(Lanes512 a) => new(Vector512.ConvertToSingle(Steps(a)));

    [MethodImpl(Inline)]
    public static Lanes512 Mantissa(Lanes512 a) => new((a.v.AsInt32() - (Steps(a) << 23)).AsSingle());

    [MethodImpl(Inline)]
    public static float First(Lanes512 a) => a.v.ToScalar();

    [MethodImpl(Inline)]
    public static float Tree(Lanes512 a) => Lanes256.Tree(a.v.GetLower() + a.v.GetUpper());

    [MethodImpl(Inline)]
    public static Lanes512 Trees(Lanes512 a, Lanes512 b, Lanes512 c, Lanes512 d) =>
        new(Lanes256.Trees(Sum(a), Sum(b), Sum(c), Sum(d)).ToVector256Unsafe().ToVector512Unsafe());

    [MethodImpl(Inline)]
    static Vector256<float> Sum(Lanes512 a) => a.v.GetLower() + a.v.GetUpper();

    [MethodImpl(Inline)]
    static Vector512<int> Steps(Lanes512 a) => (a.v.AsInt32() - Vector512.Create((int)Bits.SqrtHalf)) >> 23;

    [MethodImpl(Inline)]
    static Vector512<float> First(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StorePart(float* target, Vector512<float> value, int count)
    {
        for (int k = 0; k < count; k++) target[k] = value[k];
    }
}
