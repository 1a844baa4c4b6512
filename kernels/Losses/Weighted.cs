using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Losses;

/// <summary>
/// A loss of two classes times the weight of the row's class. The label carries the weight w ≥ 0: it is w for a row of label 1, and -w for
/// one of label 0.
/// </summary>
public readonly struct Weighted<TLoss> : ILoss where TLoss : struct, ILoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Multiply(Weight<T, TView>(y), TLoss.Value<T, TView>(z, Label<T, TView>(y)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Multiply(Weight<T, TView>(y), TLoss.Gradient<T, TView>(z, Label<T, TView>(y)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Label<T, TView>(T y) where T : struct, ILanes<T, TView> where TView : struct =>
        T.SelectGreater(y, T.Splat(0f), T.Splat(1f), T.Splat(0f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Weight<T, TView>(T y) where T : struct, ILanes<T, TView> where TView : struct =>
        T.SelectGreater(y, T.Splat(0f), y, T.Negate(y));
}
