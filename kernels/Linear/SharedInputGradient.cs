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
        int y0 = Row(row), y1 = Row(row + 1), y2 = Row(row + 2), y3 = Row(row + 3);
        int y4 = Row(row + 4), y5 = Row(row + 5), y6 = Row(row + 6), y7 = Row(row + 7);
        // past the last column there is nothing to read: the last column again, for sums that nobody takes
        int last = i - 1 - column < 0 ? 0 : i - 1 - column, w0 = (column < i ? column : i - 1) * o;
        for (int k = partial; k < o; k += StridedSum.Partials)
        {
            Eight b = Eight.LoadUpTo<T, TView>(w, w0 + k, o, last);
            c0 = Eight.Fma(T.Get(dy, y0 + k), b, c0);
            c1 = Eight.Fma(T.Get(dy, y1 + k), b, c1);
            c2 = Eight.Fma(T.Get(dy, y2 + k), b, c2);
            c3 = Eight.Fma(T.Get(dy, y3 + k), b, c3);
            c4 = Eight.Fma(T.Get(dy, y4 + k), b, c4);
            c5 = Eight.Fma(T.Get(dy, y5 + k), b, c5);
            c6 = Eight.Fma(T.Get(dy, y6 + k), b, c6);
            c7 = Eight.Fma(T.Get(dy, y7 + k), b, c7);
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

    // where a row of dy begins; past the last row the last again
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Row(int row) => (row < n ? row : n - 1) * o;

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
