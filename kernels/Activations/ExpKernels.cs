using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Activations;

/// <summary>eˣ, its own derivative.</summary>
public readonly struct Exp : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        Exponentials.Exp<T, TView>(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Multiply(dy, Exponentials.Exp<T, TView>(x));
}
