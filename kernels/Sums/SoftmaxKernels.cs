using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Sums;

/// <summary>Softmax of the rows of x (m,n): y = e^(x - max) / Σ e^(x - max); the sum has sixteen strided partial sums.</summary>
public readonly struct SoftmaxForward<TView>(TView x, TView y, int m, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => m;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int row = first; row < end; row += stride)
        {
            float sum = Softmax.Exponentials<T, TView>(x, y, row * n, n, Softmax.Largest<T, TView>(x, row * n, n));
            for (int k = 0; k < n; k += T.Width) T.Store(y, row * n + k, T.Divide(T.Load(y, row * n + k), T.Splat(sum)), n - k);
        }
    }
}

/// <summary>dx = y · (dy - Σ dy·y), row by row, for y = softmax(x).</summary>
public readonly struct SoftmaxBackward<TView>(TView y, TView dy, TView dx, int m, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => m;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int row = first; row < end; row += stride)
        {
            T mean = T.Splat(StridedSum.Dot<T, TView>(dy, row * n, y, row * n, n));
            for (int k = 0; k < n; k += T.Width)
            {
                int at = row * n + k;
                T.Store(dx, at, T.Multiply(T.Load(y, at), T.Subtract(T.Load(dy, at), mean)), n - k);
            }
        }
    }
}

/// <summary>What softmax and cross-entropy share.</summary>
static class Softmax
{
    /// <summary>The largest of n values.</summary>
    internal static float Largest<T, TView>(TView x, int at, int n) where T : struct, ILanes<T, TView> where TView : struct
    {
        float largest = T.Get(x, at);
        for (int k = 1; k < n; k++)
        {
            float value = T.Get(x, at + k);
            largest = largest < value ? value : largest;
        }
        return largest;
    }

    /// <summary>Writes y = e^(x - largest) for n values and returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Exponentials<T, TView>(TView x, TView y, int at, int n, float largest)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        for (int k = 0; k < n; k += T.Width)
            T.Store(y, at + k, Numerics.Exponentials.Exp<T, TView>(T.Subtract(T.Load(x, at + k), T.Splat(largest))), n - k);
        return StridedSum.Sum<T, TView>(y, at, n);
    }
}
