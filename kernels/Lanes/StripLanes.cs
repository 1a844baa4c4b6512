using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Numerics;
using ILGPU;

namespace GpuMlp.Kernels.Lanes;

/// <summary>
/// Sixteen floats over an ILGPU view, in named fields: the lanes of an OpenCL device that is a processor, whose compiler turns sixteen
/// neighbouring scalar operations into one of its vectors.
/// </summary>
/// <remarks>
/// Written out field by field because an array indexed by a loop variable would go to memory. Arithmetic is not inlined before the device's
/// compiler sees it: ILGPU then writes each operation once, as a function, and the fused kernel compiles in a third of the time. Whole
/// strips are read and written as one value for the same reason.
/// </remarks>
public readonly struct StripLanes : ILanes<StripLanes, ArrayView<float>>
{
    readonly Four q0, q1, q2, q3;

    StripLanes(Four q0, Four q1, Four q2, Four q3)
    {
        this.q0 = q0;
        this.q1 = q1;
        this.q2 = q2;
        this.q3 = q3;
    }

    public static int Width => 16;

    public static StripLanes Indices => new(new Four(0f, 1f, 2f, 3f), new Four(4f, 5f, 6f, 7f), new Four(8f, 9f, 10f, 11f), new Four(12f, 13f, 14f, 15f));

    public static ArrayView<float> From(ArrayView<float> view, int i) => view.SubView(i, view.Length - i);

    public static float Get(ArrayView<float> view, int i) => view[i];

    public static void Set(ArrayView<float> view, int i, float value) => view[i] = value;

    public static int GetInt(ArrayView<float> view, int i) => (int)Interop.FloatAsInt(view[i]);

    public static void SetInt(ArrayView<float> view, int i, int value) => view[i] = Interop.IntAsFloat((uint)value);

    public static StripLanes Load(ArrayView<float> view, int i) => view.SubView(i, 16).Cast<StripLanes>()[0];

    public static void Store(ArrayView<float> view, int i, StripLanes value, int count)
    {
        if (count == 16)
        {
            view.SubView(i, 16).Cast<StripLanes>()[0] = value;
            return;
        }
        Four.Store(view, i, value.q0, count);
        Four.Store(view, i + 4, value.q1, count - 4);
        Four.Store(view, i + 8, value.q2, count - 8);
        Four.Store(view, i + 12, value.q3, count - 12);
    }

    public static StripLanes Splat(float value) => new(Four.Splat(value), Four.Splat(value), Four.Splat(value), Four.Splat(value));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Add(StripLanes a, StripLanes b) => new(Four.Add(a.q0, b.q0), Four.Add(a.q1, b.q1), Four.Add(a.q2, b.q2), Four.Add(a.q3, b.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Subtract(StripLanes a, StripLanes b) => new(Four.Subtract(a.q0, b.q0), Four.Subtract(a.q1, b.q1), Four.Subtract(a.q2, b.q2), Four.Subtract(a.q3, b.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Multiply(StripLanes a, StripLanes b) => new(Four.Multiply(a.q0, b.q0), Four.Multiply(a.q1, b.q1), Four.Multiply(a.q2, b.q2), Four.Multiply(a.q3, b.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Divide(StripLanes a, StripLanes b) => new(Four.Divide(a.q0, b.q0), Four.Divide(a.q1, b.q1), Four.Divide(a.q2, b.q2), Four.Divide(a.q3, b.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Negate(StripLanes a) => new(Four.Negate(a.q0), Four.Negate(a.q1), Four.Negate(a.q2), Four.Negate(a.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Sqrt(StripLanes a) => new(Four.Sqrt(a.q0), Four.Sqrt(a.q1), Four.Sqrt(a.q2), Four.Sqrt(a.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Max(StripLanes a, StripLanes b) => new(Four.Max(a.q0, b.q0), Four.Max(a.q1, b.q1), Four.Max(a.q2, b.q2), Four.Max(a.q3, b.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Fma(StripLanes a, StripLanes b, StripLanes c) => new(Four.Fma(a.q0, b.q0, c.q0), Four.Fma(a.q1, b.q1, c.q1), Four.Fma(a.q2, b.q2, c.q2), Four.Fma(a.q3, b.q3, c.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes SelectLess(StripLanes a, StripLanes b, StripLanes yes, StripLanes no) =>
        new(Four.SelectLess(a.q0, b.q0, yes.q0, no.q0), Four.SelectLess(a.q1, b.q1, yes.q1, no.q1),
            Four.SelectLess(a.q2, b.q2, yes.q2, no.q2), Four.SelectLess(a.q3, b.q3, yes.q3, no.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes SelectLessOrEqual(StripLanes a, StripLanes b, StripLanes yes, StripLanes no) =>
        new(Four.SelectLessOrEqual(a.q0, b.q0, yes.q0, no.q0), Four.SelectLessOrEqual(a.q1, b.q1, yes.q1, no.q1),
            Four.SelectLessOrEqual(a.q2, b.q2, yes.q2, no.q2), Four.SelectLessOrEqual(a.q3, b.q3, yes.q3, no.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes PowerOfTwo(StripLanes a) => new(Four.PowerOfTwo(a.q0), Four.PowerOfTwo(a.q1), Four.PowerOfTwo(a.q2), Four.PowerOfTwo(a.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Exponent(StripLanes a) => new(Four.Exponent(a.q0), Four.Exponent(a.q1), Four.Exponent(a.q2), Four.Exponent(a.q3));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static StripLanes Mantissa(StripLanes a) => new(Four.Mantissa(a.q0), Four.Mantissa(a.q1), Four.Mantissa(a.q2), Four.Mantissa(a.q3));

    public static float First(StripLanes a) => a.q0.A;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Tree(StripLanes a) => Four.Tree(Four.Add(Four.Add(a.q0, a.q2), Four.Add(a.q1, a.q3)));
}
