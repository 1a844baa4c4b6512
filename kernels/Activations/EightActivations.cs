using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Activations;

/// <summary>Activations of the floats that one thread holds in registers.</summary>
static class EightActivations
{
    /// <summary>The activation of each of the eight floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Eight Forward<TActivation, T, TView>(Eight x)
        where TActivation : struct, IActivation where T : struct, ILanes<T, TView> where TView : struct => new(
            Forward<TActivation, T, TView>(x.V0), Forward<TActivation, T, TView>(x.V1),
            Forward<TActivation, T, TView>(x.V2), Forward<TActivation, T, TView>(x.V3),
            Forward<TActivation, T, TView>(x.V4), Forward<TActivation, T, TView>(x.V5),
            Forward<TActivation, T, TView>(x.V6), Forward<TActivation, T, TView>(x.V7));

    /// <summary>The activation of one float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Forward<TActivation, T, TView>(float x)
        where TActivation : struct, IActivation where T : struct, ILanes<T, TView> where TView : struct =>
        T.First(TActivation.Forward<T, TView>(T.Splat(x)));
}
