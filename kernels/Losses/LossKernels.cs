using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Losses;

/// <summary>The losses of n outputs and the gradient of their mean: values (n) = L(z, y), dz (n) = L′(z, y) / n.</summary>
public readonly struct LossForward<TLoss, TView>(TView z, TView y, TView values, TView dz, int n) : IOp<TView>
    where TLoss : struct, ILoss where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T count = T.Splat(n);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T output = T.Load(z, i), label = T.Load(y, i);
            T.Store(values, i, TLoss.Value<T, TView>(output, label), n - i);
            T.Store(dz, i, T.Divide(TLoss.Gradient<T, TView>(output, label), count), n - i);
        }
    }
}

/// <summary>
/// means[at + r] = the mean of row r of values (rows,n): sixteen strided partial sums, the tree 8-4-2-1, then the division by n.
/// </summary>
public readonly struct Mean<TView>(TView values, TView means, int rows, int n, int at) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => rows;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int row = first; row < end; row += stride)
            T.Set(means, at + row, Rounding.Divide(StridedSum.Sum<T, TView>(values, row * n, n), n));
    }
}
