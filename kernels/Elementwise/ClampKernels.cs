using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Elementwise;

/// <summary>y = low where x &lt; low, high where x &gt; high, else x; NaN stays NaN.</summary>
public readonly struct ClampForward<TView>(TView x, TView y, float low, float high, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T bottom = T.Splat(low), top = T.Splat(high);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T value = T.Load(x, i);
            T.Store(y, i, T.SelectLess(value, bottom, bottom, T.SelectLess(top, value, top, value)), n - i);
        }
    }
}

/// <summary>dx = dy where low ≤ x ≤ high, else 0: PyTorch's derivative of clamp, which is 1 at both limits.</summary>
public readonly struct ClampBackward<TView>(TView x, TView dy, TView dx, float low, float high, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T bottom = T.Splat(low), top = T.Splat(high), zero = T.Splat(0f);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T value = T.Load(x, i);
            T.Store(dx, i, T.SelectLess(value, bottom, zero, T.SelectLess(top, value, zero, T.Load(dy, i))), n - i);
        }
    }
}
