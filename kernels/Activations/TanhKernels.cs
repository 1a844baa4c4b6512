using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Activations;

/// <summary>tanh x. Its derivative is 4·(s - s²) with s = σ(-2|x|), which stays accurate where 1 - tanh² would cancel.</summary>
public readonly struct Tanh : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        Exponentials.Tanh<T, TView>(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct
    {
        T s = Exponentials.SigmoidTail<T, TView>(T.Add(x, x));
        return T.Multiply(dy, T.Multiply(T.Splat(4f), T.Fma(T.Negate(s), s, s)));
    }
}
