using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Sums;

/// <summary>The sums (m) of the rows of x (m,n), each of sixteen strided partial sums and the tree 8-4-2-1.</summary>
public readonly struct RowSums<TView>(TView x, TView sums, int m, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => m;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int row = first; row < end; row += stride) T.Set(sums, row, StridedSum.Sum<T, TView>(x, row * n, n));
    }
}
