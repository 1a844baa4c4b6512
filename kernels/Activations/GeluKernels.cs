using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Activations;

/// <summary>x·Φ(x) with Φ the normal distribution (PyTorch's exact form); its derivative is Φ(x) + x·φ(x).</summary>
public readonly struct Gelu : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T tail = NormalTails.Of<T, TView>(x), lowest = T.Splat(float.MinValue);
        // -∞ becomes the lowest finite number, because -∞·0 would be NaN where x·Φ(x) has the limit 0
        T left = T.Multiply(T.SelectLess(x, lowest, lowest, x), tail);
        T highest = T.Splat(float.MaxValue), finite = T.SelectGreater(x, highest, highest, x);
        return T.SelectLess(x, T.Splat(0f), left, T.Fma(T.Negate(tail), finite, x));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct
    {
        T left = NormalTails.Slope<T, TView>(x);
        return T.Multiply(dy, T.SelectLess(x, T.Splat(0f), left, T.Subtract(T.Splat(1f), left)));
    }
}
