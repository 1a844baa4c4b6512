using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Linear;

/// <summary>y (n,1) = x (n,i) · w (i,1) + b for one output: per row a strided sum, then + b where hasBias is 1.</summary>
public readonly struct LinearSingleOutput<TView>(TView x, TView w, TView b, TView y, int n, int i, int hasBias) : IOp<TView>
    where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => n;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int row = first; row < end; row += stride)
        {
            float sum = StridedSum.Dot<T, TView>(x, row * i, w, 0, i);
            T.Set(y, row, hasBias != 0 ? sum + T.Get(b, 0) : sum);                   // adding 0 would turn a sum of -0 into 0
        }
    }
}

/// <summary>The sums (n) of the columns of a (m,n), each a <see cref="BlockedSum"/> over the rows from 0: db = Σ dy.</summary>
public readonly struct ColumnSums<TView>(TView a, TView sums, int m, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride)
        {
            int column = item * T.Width;
            T zero = T.Splat(0f), total = zero;
            for (int begin = 0; begin < m; begin += BlockedSum.Length)
            {
                int stop = BlockedSum.Stop(begin, m);
                T p = zero;
                for (int row = begin; row < stop; row++) p = T.Add(p, T.Load(a, row * n + column));
                total = BlockedSum.Close<T, TView>(begin, total, p);
            }
            T.Store(sums, column, total, n - column);
        }
    }
}

/// <summary>t (n,m) = a (m,n) transposed.</summary>
public readonly struct Transpose<TView>(TView a, TView t, int m, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => m * n;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride) T.Set(t, item, T.Get(a, item % m * n + item / m));
    }
}
