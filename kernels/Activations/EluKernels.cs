using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Activations;

/// <summary>x, or eˣ - 1 where negative (PyTorch's ELU with its default alpha 1).</summary>
public readonly struct Elu : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        T.SelectLess(x, T.Splat(0f), Exponentials.ExpMinusOneBelow0<T, TView>(x), x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct =>
        T.SelectLess(x, T.Splat(0f), T.Multiply(dy, Exponentials.Exp<T, TView>(x)), dy);
}
