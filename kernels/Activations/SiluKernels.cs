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
        T.Multiply(x, Exponentials.Sigmoid<T, TView>(x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct
    {
        T p = Exponentials.Sigmoid<T, TView>(x), q = Exponentials.Sigmoid<T, TView>(T.Negate(x));
        return T.Multiply(dy, T.Multiply(p, T.Fma(x, q, T.Splat(1f))));
    }
}
