using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Activations;

/// <summary>σ(x) = 1 / (1 + e⁻ˣ). Its derivative is s - s² with s = σ(-|x|) ≤ ½, which is accurate in both tails.</summary>
public readonly struct Sigmoid : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        Exponentials.Sigmoid<T, TView>(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct
    {
        T s = Exponentials.SigmoidTail<T, TView>(x);
        return T.Multiply(dy, T.Fma(T.Negate(s), s, s));
    }
}
