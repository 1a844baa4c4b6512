using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Activations;

/// <summary>x where positive, x/100 elsewhere (PyTorch's LeakyReLU with its default slope 0.01).</summary>
public readonly struct LeakyRelu : IActivation
{
    const float Slope = 0.01f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        T.SelectLess(x, T.Splat(0f), T.Multiply(x, T.Splat(Slope)), x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct =>
        T.SelectLessOrEqual(x, T.Splat(0f), T.Multiply(dy, T.Splat(Slope)), dy);
}
