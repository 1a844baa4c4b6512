using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Elementwise;

/// <summary>Sets all n elements of y to one value.</summary>
public readonly struct Fill<TView>(TView y, float value, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride) T.Store(y, item * T.Width, T.Splat(value), n - item * T.Width);
    }
}

/// <summary>The derivative of a sum or a mean: all n elements of dx become dy / divisor, where dy is one number.</summary>
public readonly struct Spread<TView>(TView dy, TView dx, float divisor, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T value = T.Splat(Rounding.Divide(T.Get(dy, 0), divisor));
        for (int item = first; item < end; item += stride) T.Store(dx, item * T.Width, value, n - item * T.Width);
    }
}
