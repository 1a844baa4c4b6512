using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Linear;

/// <summary>
/// <see cref="LinearInputGradient{TEnd, TView}"/> for a GPU: a group computes 32 × 32 elements of dx. Sixteen neighbouring threads have the
/// sixteen partial sums of the same 8 × 8 elements in registers, so they read sixteen neighbouring floats of each row; then the group adds
/// the partial sums of each element in its shared memory, two rows of each tile at a time.
/// </summary>
/// <typeparam name="TEnd">What becomes of an element when its sum is complete.</typeparam>
/// <typeparam name="TView">The memory.</typeparam>
public readonly struct SharedInputGradient<TEnd, TView>(TView dy, TView w, TView dx, TView other, int n, int i, int o) : ISharedOp<TView>
    where TEnd : struct, IProductEnd where TView : struct
{
    const int Side = 32, TilesAcross = Side / 8;

    // the partial sums of an element and one float between, so that neighbouring elements fall into different banks
    const int Stride = StridedSum.Partials + 1;

    /// <inheritdoc/>
    public static int Lanes => TilesAcross * TilesAcross * StridedSum.Partials;

    /// <inheritdoc/>
    public static int SharedFloats => Lanes * Stride;

    /// <inheritdoc/>
    public int Groups => (n + Side - 1) / Side * Across;

    int Across => (i + Side - 1) / Side;

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int tile = lane / StridedSum.Partials, partial = lane % StridedSum.Partials;
        int row = group / Across * Side + tile / TilesAcross * 8, column = group % Across * Side + tile % TilesAcross * 8;
        Eight c0 = default, c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
        TView y0 = Row<T>(dy, row, n, partial), y1 = Row<T>(dy, row + 1, n, partial);
        TView y2 = Row<T>(dy, row + 2, n, partial), y3 = Row<T>(dy, row + 3, n, partial);
        TView y4 = Row<T>(dy, row + 4, n, partial), y5 = Row<T>(dy, row + 5, n, partial);
        TView y6 = Row<T>(dy, row + 6, n, partial), y7 = Row<T>(dy, row + 7, n, partial);
        TView w0 = Row<T>(w, column, i, partial), w1 = Row<T>(w, column + 1, i, partial);
        TView w2 = Row<T>(w, column + 2, i, partial), w3 = Row<T>(w, column + 3, i, partial);
        TView w4 = Row<T>(w, column + 4, i, partial), w5 = Row<T>(w, column + 5, i, partial);
        TView w6 = Row<T>(w, column + 6, i, partial), w7 = Row<T>(w, column + 7, i, partial);
        for (int k = partial; k < o; k += StridedSum.Partials)
        {
            var b = new Eight(T.Get(w0, 0), T.Get(w1, 0), T.Get(w2, 0), T.Get(w3, 0),
                T.Get(w4, 0), T.Get(w5, 0), T.Get(w6, 0), T.Get(w7, 0));
            c0 = Eight.Fma(T.Get(y0, 0), b, c0);
            c1 = Eight.Fma(T.Get(y1, 0), b, c1);
            c2 = Eight.Fma(T.Get(y2, 0), b, c2);
            c3 = Eight.Fma(T.Get(y3, 0), b, c3);
            c4 = Eight.Fma(T.Get(y4, 0), b, c4);
            c5 = Eight.Fma(T.Get(y5, 0), b, c5);
            c6 = Eight.Fma(T.Get(y6, 0), b, c6);
            c7 = Eight.Fma(T.Get(y7, 0), b, c7);
            // each row goes on by itself: ILGPU would compute where it begins in every turn
            y0 = T.From(y0, StridedSum.Partials);
            y1 = T.From(y1, StridedSum.Partials);
            y2 = T.From(y2, StridedSum.Partials);
            y3 = T.From(y3, StridedSum.Partials);
            y4 = T.From(y4, StridedSum.Partials);
            y5 = T.From(y5, StridedSum.Partials);
            y6 = T.From(y6, StridedSum.Partials);
            y7 = T.From(y7, StridedSum.Partials);
            w0 = T.From(w0, StridedSum.Partials);
            w1 = T.From(w1, StridedSum.Partials);
            w2 = T.From(w2, StridedSum.Partials);
            w3 = T.From(w3, StridedSum.Partials);
            w4 = T.From(w4, StridedSum.Partials);
            w5 = T.From(w5, StridedSum.Partials);
            w6 = T.From(w6, StridedSum.Partials);
            w7 = T.From(w7, StridedSum.Partials);
        }
        int mine = tile * StridedSum.Partials * Stride + partial;
        PutTwo<T>(shared, mine, c0, c1);
        TBarrier.Wait(Lanes);
        AddOne<T>(shared, lane, row, column);
        TBarrier.Wait(Lanes);
        PutTwo<T>(shared, mine, c2, c3);
        TBarrier.Wait(Lanes);
        AddOne<T>(shared, lane, row + 2, column);
        TBarrier.Wait(Lanes);
        PutTwo<T>(shared, mine, c4, c5);
        TBarrier.Wait(Lanes);
        AddOne<T>(shared, lane, row + 4, column);
        TBarrier.Wait(Lanes);
        PutTwo<T>(shared, mine, c6, c7);
        TBarrier.Wait(Lanes);
        AddOne<T>(shared, lane, row + 6, column);
    }

    // a row of dy or w from a term on; past the last there is nothing to read, so the last again, for sums that nobody takes
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TView Row<T>(TView matrix, int row, int rows, int partial) where T : struct, ILanes<T, TView> =>
        T.From(matrix, (row < rows ? row : rows - 1) * o + partial);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void PutTwo<T>(TView shared, int at, Eight first, Eight second) where T : struct, ILanes<T, TView>
    {
        first.Store<T, TView>(shared, at, Stride);
        second.Store<T, TView>(shared, at + 8 * Stride, Stride);
    }

    // a thread adds the partial sums of one element of its tile's two rows
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void AddOne<T>(TView shared, int lane, int row, int column) where T : struct, ILanes<T, TView>
    {
        int r = row + lane % 16 / 8, c = column + lane % 8;
        if (r >= n || c >= i) return;
        T.Set(dx, r * i + c, StridedSum.Total<T, TView>(shared, lane * Stride, StridedSum.Partials));
        TEnd.Finish<T, TView>(dx, other, r * i + c, 1);
    }
}
