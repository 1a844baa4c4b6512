using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Four floats over host memory in one 128-bit register.</summary>
public unsafe struct Lanes128 : ILanes<Lanes128, HostView>
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    Vector128<float> v;

    Lanes128(Vector128<float> value) => v = value;

    public static int Width => 4;

    public static Lanes128 Indices => new(Vector128<float>.Indices);

    public static HostView From(HostView view, int i) => new(view.Pointer + i);

    public static float Get(HostView view, int i) => view.Pointer[i];

    public static void Set(HostView view, int i, float value) => view.Pointer[i] = value;

    public static int GetInt(HostView view, int i) => ((int*)view.Pointer)[i];

    public static void SetInt(HostView view, int i, int value) => ((int*)view.Pointer)[i] = value;

    [MethodImpl(Inline)]
    public static Two GetTwo(HostView view, int i) => new(Get(view, i), Get(view, i + 1));

    [MethodImpl(Inline)]
    public static void SetTwo(HostView view, int i, Two value) => value.Store<Lanes128, HostView>(view, i);

    [MethodImpl(Inline)]
    public static Four GetFour(HostView view, int i) => new(Get(view, i), Get(view, i + 1), Get(view, i + 2), Get(view, i + 3));

    [MethodImpl(Inline)]
    public static void SetFour(HostView view, int i, Four value) => value.Store<Lanes128, HostView>(view, i);

    [MethodImpl(Inline)]
    public static Lanes128 Load(HostView view, int i) => new(Vector128.Load(view.Pointer + i));

    [MethodImpl(Inline)]
    public static void Store(HostView view, int i, Lanes128 value, int count)
    {
        if (count >= 4) value.v.Store(view.Pointer + i);
        else if (Avx.IsSupported) Avx.MaskStore(view.Pointer + i, First(count), value.v);
        else StorePart(view.Pointer + i, value.v, count);
    }

    [MethodImpl(Inline)]
    public static void Transpose(HostView from, int fromStep, HostView to, int toStep)
    {
        if (!Sse.IsSupported)
        {
            Four.Transpose<Lanes128, HostView>(from, fromStep, to, toStep);
            return;
        }
        float* p = from.Pointer, q = to.Pointer;
        Vector128<float> a = Vector128.Load(p), b = Vector128.Load(p + fromStep);
        Vector128<float> c = Vector128.Load(p + 2 * fromStep), d = Vector128.Load(p + 3 * fromStep);
        Vector128<float> ab = Sse.UnpackLow(a, b), cd = Sse.UnpackLow(c, d);
        Sse.MoveLowToHigh(ab, cd).Store(q);
        Sse.MoveHighToLow(cd, ab).Store(q + toStep);
        ab = Sse.UnpackHigh(a, b);
        cd = Sse.UnpackHigh(c, d);
        Sse.MoveLowToHigh(ab, cd).Store(q + 2 * toStep);
        Sse.MoveHighToLow(cd, ab).Store(q + 3 * toStep);
    }

    [MethodImpl(Inline)]
    public static Lanes128 Splat(float value) => new(Vector128.Create(value));

    [MethodImpl(Inline)]
    public static Lanes128 Add(Lanes128 a, Lanes128 b) => new(a.v + b.v);

    [MethodImpl(Inline)]
    public static Lanes128 Subtract(Lanes128 a, Lanes128 b) => new(a.v - b.v);

    [MethodImpl(Inline)]
    public static Lanes128 Negate(Lanes128 a) => new(-a.v);

    [MethodImpl(Inline)]
    public static Lanes128 Multiply(Lanes128 a, Lanes128 b) => new(a.v * b.v);

    [MethodImpl(Inline)]
    public static Lanes128 Fma(Lanes128 a, Lanes128 b, Lanes128 c) => new(Vector128.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(Inline)]
    public static void Accumulate(ref Lanes128 sum, Lanes128 a, Lanes128 b) => sum.v = Vector128.FusedMultiplyAdd(a.v, b.v, sum.v);

    [MethodImpl(Inline)]
    public static Lanes128 Divide(Lanes128 a, Lanes128 b) => new(a.v / b.v);

    [MethodImpl(Inline)]
    public static Lanes128 Sqrt(Lanes128 a) => new(Vector128.Sqrt(a.v));

    // the instruction treats NaN and zeros as Max has to
    [MethodImpl(Inline)]
    public static Lanes128 Max(Lanes128 a, Lanes128 b) => Sse.IsSupported ? new(Sse.Max(a.v, b.v)) : SelectLess(b, a, a, b);

    [MethodImpl(Inline)]
    public static Lanes128 SelectLess(Lanes128 a, Lanes128 b, Lanes128 yes, Lanes128 no) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a.v, b.v), yes.v, no.v));

    [MethodImpl(Inline)]
    public static Lanes128 SelectGreater(Lanes128 a, Lanes128 b, Lanes128 yes, Lanes128 no) => SelectLess(b, a, yes, no);

    [MethodImpl(Inline)]
    public static Lanes128 SelectLessOrEqual(Lanes128 a, Lanes128 b, Lanes128 yes, Lanes128 no) =>
        new(Vector128.ConditionalSelect(Vector128.LessThanOrEqual(a.v, b.v), yes.v, no.v));

    [MethodImpl(Inline)]
    public static Lanes128 PowerOfTwo(Lanes128 a) => new((a.v.AsInt32() << 23).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes128 Exponent(Lanes128 a) => new(Vector128.ConvertToSingle(Steps(a)));

    [MethodImpl(Inline)]
    public static Lanes128 Mantissa(Lanes128 a) => new((a.v.AsInt32() - (Steps(a) << 23)).AsSingle());

    [MethodImpl(Inline)]
    public static float First(Lanes128 a) => a.v.ToScalar();

    [MethodImpl(Inline)]
    public static float Tree(Lanes128 a) => Tree(a.v);

    [MethodImpl(Inline)]
    public static Lanes128 Trees(Lanes128 a, Lanes128 b, Lanes128 c, Lanes128 d) => new(Trees(a.v, b.v, c.v, d.v));

    [MethodImpl(Inline)]
    internal static Vector128<float> Trees(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        Vector128<float> ab = Halves(a, b), cd = Halves(c, d);
        return Sse.IsSupported                                       // elsewhere the halves would go through memory on x64
            ? Sse.MoveLowToHigh(ab, cd) + Sse.MoveHighToLow(cd, ab)
            : Vector128.Create(ab.GetLower(), cd.GetLower()) + Vector128.Create(ab.GetUpper(), cd.GetUpper());
    }

    // a0 + a2, b0 + b2, a1 + a3, b1 + b3
    [MethodImpl(Inline)]
    static Vector128<float> Halves(Vector128<float> a, Vector128<float> b) => Sse.IsSupported
        ? Sse.UnpackLow(a, b) + Sse.UnpackHigh(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]) + Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(Inline)]
    internal static float Tree(Vector128<float> v) => v[0] + v[2] + (v[1] + v[3]);

    [MethodImpl(Inline)]
    static Vector128<int> Steps(Lanes128 a) => (a.v.AsInt32() - Vector128.Create((int)Bits.SqrtHalf)) >> 23;

    [MethodImpl(Inline)]
    static Vector128<float> First(int count) => Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StorePart(float* target, Vector128<float> value, int count)
    {
        for (int k = 0; k < count; k++) target[k] = value[k];
    }
}
