using System.Runtime.CompilerServices;

namespace GpuMlp.Kernels.Lanes;

/// <summary>
/// Eight floats in registers of one thread: a row of a register tile. ILGPU takes structs apart, so each float becomes a register.
/// </summary>
public readonly struct Eight
{
    internal readonly float V0, V1, V2, V3, V4, V5, V6, V7;

    /// <summary>These floats.</summary>
    public Eight(float v0, float v1, float v2, float v3, float v4, float v5, float v6, float v7) =>
        (V0, V1, V2, V3, V4, V5, V6, V7) = (v0, v1, v2, v3, v4, v5, v6, v7);

    /// <summary>Four floats and four others.</summary>
    public Eight(Four low, Four high) : this(low.V0, low.V1, low.V2, low.V3, high.V0, high.V1, high.V2, high.V3) { }

    /// <summary>The first four floats.</summary>
    public Four Low => new(V0, V1, V2, V3);

    /// <summary>The last four floats.</summary>
    public Four High => new(V4, V5, V6, V7);

    /// <summary>The first float and each <paramref name="step"/> further; a constant, so that it becomes a part of each address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight Load<T, TView>(TView view, int step) where T : struct, ILanes<T, TView> where TView : struct => new(
        T.Get(view, 0), T.Get(view, step), T.Get(view, 2 * step), T.Get(view, 3 * step),
        T.Get(view, 4 * step), T.Get(view, 5 * step), T.Get(view, 6 * step), T.Get(view, 7 * step));

    /// <summary>
    /// The floats at <paramref name="at"/> and each <paramref name="step"/> further below <paramref name="limit"/>, and 0 for the others.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight LoadBelow<T, TView>(TView view, int at, int step, int limit)
        where T : struct, ILanes<T, TView> where TView : struct => new(
            Below<T, TView>(view, at, limit), Below<T, TView>(view, at + step, limit),
            Below<T, TView>(view, at + 2 * step, limit), Below<T, TView>(view, at + 3 * step, limit),
            Below<T, TView>(view, at + 4 * step, limit), Below<T, TView>(view, at + 5 * step, limit),
            Below<T, TView>(view, at + 6 * step, limit), Below<T, TView>(view, at + 7 * step, limit));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Below<T, TView>(TView view, int at, int limit) where T : struct, ILanes<T, TView> where TView : struct =>
        at < limit ? T.Get(view, at) : 0f;

    /// <summary>Writes the floats to <paramref name="at"/> and each <paramref name="step"/> further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<T, TView>(TView view, int at, int step) where T : struct, ILanes<T, TView> where TView : struct
    {
        T.Set(view, at, V0);
        T.Set(view, at + step, V1);
        T.Set(view, at + 2 * step, V2);
        T.Set(view, at + 3 * step, V3);
        T.Set(view, at + 4 * step, V4);
        T.Set(view, at + 5 * step, V5);
        T.Set(view, at + 6 * step, V6);
        T.Set(view, at + 7 * step, V7);
    }

    /// <summary>
    /// The floats at <paramref name="at"/> and each <paramref name="step"/> further; past <paramref name="last"/> that one again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight LoadUpTo<T, TView>(TView view, int at, int step, int last)
        where T : struct, ILanes<T, TView> where TView : struct => new(
            UpTo<T, TView>(view, at, last), UpTo<T, TView>(view, at + step, last),
            UpTo<T, TView>(view, at + 2 * step, last), UpTo<T, TView>(view, at + 3 * step, last),
            UpTo<T, TView>(view, at + 4 * step, last), UpTo<T, TView>(view, at + 5 * step, last),
            UpTo<T, TView>(view, at + 6 * step, last), UpTo<T, TView>(view, at + 7 * step, last));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float UpTo<T, TView>(TView view, int at, int last) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Get(view, at < last ? at : last);

    /// <summary>Writes the first <paramref name="count"/> floats, to <paramref name="at"/> and each <paramref name="step"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreUpTo<T, TView>(TView view, int at, int step, int count) where T : struct, ILanes<T, TView> where TView : struct
    {
        if (count <= 0) return;
        if (count >= 8)
        {
            Store<T, TView>(view, at, step);
            return;
        }
        T.Set(view, at, V0);
        if (count > 1) T.Set(view, at + step, V1);
        if (count > 2) T.Set(view, at + 2 * step, V2);
        if (count > 3) T.Set(view, at + 3 * step, V3);
        if (count > 4) T.Set(view, at + 4 * step, V4);
        if (count > 5) T.Set(view, at + 5 * step, V5);
        if (count > 6) T.Set(view, at + 6 * step, V6);
    }

    /// <summary>The same float eight times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight Splat(float value) => new(value, value, value, value, value, value, value, value);

    /// <summary>sum + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight Add(Eight sum, Eight b) => new(
        sum.V0 + b.V0, sum.V1 + b.V1, sum.V2 + b.V2, sum.V3 + b.V3, sum.V4 + b.V4, sum.V5 + b.V5, sum.V6 + b.V6, sum.V7 + b.V7);

    /// <summary>a·b + sum, element by element, each rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight Fma(Eight a, Eight b, Eight sum) => new(
        Rounding.Fma(a.V0, b.V0, sum.V0), Rounding.Fma(a.V1, b.V1, sum.V1),
        Rounding.Fma(a.V2, b.V2, sum.V2), Rounding.Fma(a.V3, b.V3, sum.V3),
        Rounding.Fma(a.V4, b.V4, sum.V4), Rounding.Fma(a.V5, b.V5, sum.V5),
        Rounding.Fma(a.V6, b.V6, sum.V6), Rounding.Fma(a.V7, b.V7, sum.V7));

    /// <summary>a·b + sum, each rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight Fma(float a, Eight b, Eight sum) => new(
        Rounding.Fma(a, b.V0, sum.V0), Rounding.Fma(a, b.V1, sum.V1), Rounding.Fma(a, b.V2, sum.V2), Rounding.Fma(a, b.V3, sum.V3),
        Rounding.Fma(a, b.V4, sum.V4), Rounding.Fma(a, b.V5, sum.V5), Rounding.Fma(a, b.V6, sum.V6), Rounding.Fma(a, b.V7, sum.V7));

    /// <summary>The first <paramref name="count"/> of yes, and the others of no.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Eight SelectFirst(int count, Eight yes, Eight no) => new(
        yes.V0, count > 1 ? yes.V1 : no.V1, count > 2 ? yes.V2 : no.V2, count > 3 ? yes.V3 : no.V3,
        count > 4 ? yes.V4 : no.V4, count > 5 ? yes.V5 : no.V5, count > 6 ? yes.V6 : no.V6, count > 7 ? yes.V7 : no.V7);
}
