using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Linear;

/// <summary>
/// c (m,n) = start + A·B, the product behind Linear's forward, dx and dw. B (k,n) is row-major; A is read through two strides, so it may
/// be transposed.
/// </summary>
/// <remarks>
/// Each element is a <see cref="BlockedSum"/> of fused multiply-adds over k, from start[column] or 0, as in
/// <see cref="MatMul{TEnd, TView}"/>, whose preparations take longer than a product of a few thousand operations.
/// </remarks>
/// <param name="a">A: element (row, k) lies at row · aRow + k · aStep.</param>
/// <param name="b">B, (k,n) row-major.</param>
/// <param name="start">Where the sums of each column start, (n); read if hasStart is 1.</param>
/// <param name="c">The result, (m,n) row-major.</param>
/// <param name="m">Rows of A and c.</param>
/// <param name="n">Columns of B and c.</param>
/// <param name="k">Terms of each sum.</param>
/// <param name="aRow">Floats from one row of A to the next.</param>
/// <param name="aStep">Floats from one element of A to the next along k.</param>
/// <param name="hasStart">1 if the sums start at <paramref name="start"/>, 0 if at zero.</param>
public readonly struct SmallMatMul<TView>(TView a, TView b, TView start, TView c, int m, int n, int k, int aRow, int aStep, int hasStart)
    : IOp<TView> where TView : struct
{
    const int TileRows = 4;

    /// <inheritdoc/>
    public int Items(int width) => (m + TileRows - 1) / TileRows * ((n + width - 1) / width);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        int blocks = (n + T.Width - 1) / T.Width;
        for (int item = first; item < end; item += stride)
        {
            int row = item / blocks * TileRows, column = item % blocks * T.Width;
            if (row + TileRows <= m) Tile<T>(row, column);
            else
                for (int r = row; r < m; r++) Single<T>(r, column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Tile<T>(int row, int column) where T : struct, ILanes<T, TView>
    {
        int a0 = row * aRow, a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        T s = Start<T>(column), t0 = s, t1 = s, t2 = s, t3 = s;
        for (int begin = 0; begin < k || begin == 0; begin += BlockedSum.Length)
        {
            int stop = BlockedSum.Stop(begin, k);
            T p0 = BlockedSum.Begin<T, TView>(begin, s), p1 = p0, p2 = p0, p3 = p0;
            for (int j = begin; j < stop; j++)
            {
                T right = T.Load(b, j * n + column);
                int step = j * aStep;
                p0 = T.Fma(T.Splat(T.Get(a, a0 + step)), right, p0);
                p1 = T.Fma(T.Splat(T.Get(a, a1 + step)), right, p1);
                p2 = T.Fma(T.Splat(T.Get(a, a2 + step)), right, p2);
                p3 = T.Fma(T.Splat(T.Get(a, a3 + step)), right, p3);
            }
            t0 = BlockedSum.Close<T, TView>(begin, t0, p0);
            t1 = BlockedSum.Close<T, TView>(begin, t1, p1);
            t2 = BlockedSum.Close<T, TView>(begin, t2, p2);
            t3 = BlockedSum.Close<T, TView>(begin, t3, p3);
        }
        int left = n - column, at = row * n + column;
        T.Store(c, at, t0, left);
        T.Store(c, at + n, t1, left);
        T.Store(c, at + 2 * n, t2, left);
        T.Store(c, at + 3 * n, t3, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Single<T>(int row, int column) where T : struct, ILanes<T, TView>
    {
        T s = Start<T>(column), t = s;
        for (int begin = 0; begin < k || begin == 0; begin += BlockedSum.Length)
        {
            int stop = BlockedSum.Stop(begin, k);
            T p = BlockedSum.Begin<T, TView>(begin, s);
            for (int j = begin; j < stop; j++) p = T.Fma(T.Splat(T.Get(a, row * aRow + j * aStep)), T.Load(b, j * n + column), p);
            t = BlockedSum.Close<T, TView>(begin, t, p);
        }
        T.Store(c, row * n + column, t, n - column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T Start<T>(int column) where T : struct, ILanes<T, TView> => hasStart != 0 ? T.Load(start, column) : T.Splat(0f);
}
