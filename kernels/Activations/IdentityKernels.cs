using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Activations;

/// <summary>The logit as it is: what stands at the end of a grid's network where no sigmoid does.</summary>
public readonly struct Identity : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct => x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct => dy;
}
