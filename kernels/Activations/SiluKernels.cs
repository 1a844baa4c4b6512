using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Activations;

/// <summary>x·σ(x); its derivative is σ(x)·(1 + x·σ(-x)).</summary>
public readonly struct Silu : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Multiply(AboveInfinity<T, TView>(x), Exponentials.Sigmoid<T, TView>(x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct
    {
        T zero = T.Splat(0f), one = T.Splat(1f), tail = Exponentials.SigmoidTail<T, TView>(x), rest = T.Subtract(one, tail);
        T p = T.SelectLess(x, zero, tail, rest), q = T.SelectLess(x, zero, rest, tail);
        T finite = T.Negate(AboveInfinity<T, TView>(T.Negate(AboveInfinity<T, TView>(x))));
        return T.Multiply(dy, T.Multiply(p, T.Fma(finite, q, one)));
    }

    // -∞ becomes the lowest finite number, because -∞·0 would be NaN where x·σ(x) has the limit 0
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T AboveInfinity<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        T.SelectLess(x, T.Splat(float.MinValue), T.Splat(float.MinValue), x);
}
