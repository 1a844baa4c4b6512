using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Activations;

/// <summary>ln x; its derivative is 1/x.</summary>
public readonly struct Log : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        Exponentials.Log<T, TView>(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Divide(dy, x);
}
