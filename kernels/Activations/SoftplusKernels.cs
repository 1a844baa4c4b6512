using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Activations;

/// <summary>ln(1 + eˣ); its derivative is σ(x).</summary>
public readonly struct Softplus : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        Exponentials.Softplus<T, TView>(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Multiply(dy, Exponentials.Sigmoid<T, TView>(x));
}
