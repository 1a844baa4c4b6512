using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Linear;

/// <summary>
/// All of backward of a linear layer of one output in one pass: dw (i) and db (1) as sums over the rows, and dx (n,i) = dy (n) · wᵀ, one
/// product per element.
/// </summary>
/// <typeparam name="TEnd">What becomes of an element of dx.</typeparam>
/// <typeparam name="TView">The memory.</typeparam>
/// <param name="x">The layer's input, (n,i).</param>
/// <param name="dy">The gradient at its output, (n).</param>
/// <param name="w">Its weights, (i).</param>
/// <param name="dw">Their gradients, (i).</param>
/// <param name="db">The gradient of its bias, (1).</param>
/// <param name="dx">The gradient at its input, (n,i), computed if hasInput is 1.</param>
/// <param name="other">What <typeparamref name="TEnd"/> reads beside dx.</param>
/// <param name="n">Rows.</param>
/// <param name="i">Inputs.</param>
/// <param name="hasInput">1 if dx is wanted.</param>
public readonly struct SingleOutputBackward<TEnd, TView>(
    TView x, TView dy, TView w, TView dw, TView db, TView dx, TView other, int n, int i, int hasInput) : IOp<TView>
    where TEnd : struct, IProductEnd where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => Across(width) * (hasInput != 0 ? n + 1 : 1) + 1;

    int Across(int width) => (i + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        // the sums first: they take longest
        int across = Across(T.Width), last = Items(T.Width) - 1;
        for (int item = first; item < end;)
        {
            int row = item / across - 1;
            // one division for the items of a row: on the host an item is a few instructions
            for (int part = item % across; part < across && item < end; part += stride, item += stride)
            {
                int column = part * T.Width;
                if (item == last) T.Set(db, 0, BlockedSum.Sum<T, TView>(dy, n));
                else if (row < 0) T.Store(dw, column, WeightGradient<T>(column), i - column);
                else
                {
                    int at = row * i + column;
                    T.Store(dx, at, T.Fma(T.Splat(T.Get(dy, row)), T.Load(w, column), T.Splat(0f)), i - column);
                    TEnd.Finish<T, TView>(dx, other, at, i - column);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T WeightGradient<T>(int column) where T : struct, ILanes<T, TView>
    {
        T zero = T.Splat(0f), total = zero;
        for (int begin = 0; begin < n; begin += BlockedSum.Length)
        {
            int stop = BlockedSum.Stop(begin, n);
            T p = zero;
            for (int row = begin; row < stop; row++) p = T.Fma(T.Splat(T.Get(dy, row)), T.Load(x, row * i + column), p);
            total = BlockedSum.Close<T, TView>(begin, total, p);
        }
        return total;
    }
}
