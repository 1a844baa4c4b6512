using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Linear;

/// <summary>
/// dx (n,i) = dy (n,o) · wᵀ where the outputs fit one block: each element is a strided sum along a row of w, so wᵀ is never stored.
/// </summary>
/// <remarks>
/// On the host an item is up to 8 rows and 64 columns, in register tiles of two or four rows and four columns: a vector holds eight or
/// sixteen of the sixteen partial sums of one element, and each vector that is loaded serves two or four of them. Elsewhere an item is an
/// element.
/// </remarks>
/// <typeparam name="TEnd">What becomes of an element when its sum is complete.</typeparam>
/// <typeparam name="TView">The memory.</typeparam>
public readonly struct LinearInputGradient<TEnd, TView>(TView dy, TView w, TView dx, TView other, int n, int i, int o) : IOp<TView>
    where TEnd : struct, IProductEnd where TView : struct
{
    const int MostRows = 8, MostColumns = 64;

    /// <inheritdoc/>
    public int Items(int width) => width < 8 ? n * i : (n + MostRows - 1) / MostRows * Across;

    int Across => (i + MostColumns - 1) / MostColumns;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        int across = Across;
        for (int item = first; item < end; item += stride)
        {
            if (T.Width < 8)
            {
                Element<T>(item / i, item % i);
                TEnd.Finish<T, TView>(dx, other, item, 1);
            }
            else Tiles<T>(item / across * MostRows, item % across * MostColumns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Element<T>(int row, int column) where T : struct, ILanes<T, TView>
    {
        float sum = StridedSum.DotBlock<T, TView>(dy, row * o, w, column * o, o);
        T.Set(dx, row * i + column, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Tiles<T>(int row, int column) where T : struct, ILanes<T, TView>
    {
        int lastRow = n - row < MostRows ? n : row + MostRows, lastColumn = i - column < MostColumns ? i : column + MostColumns;
        int c = column;
        for (; c + 4 <= lastColumn; c += 4)
        {
            int r = row;
            if (T.Width == 16)
                for (; r + 4 <= lastRow; r += 4) FourRows<T>(r, c);
            else
                for (; r + 2 <= lastRow; r += 2) TwoRows<T>(r, c);
            for (; r < lastRow; r++)
                for (int k = c; k < c + 4; k++) Element<T>(r, k);
        }
        for (; c < lastColumn; c++)
            for (int r = row; r < lastRow; r++) Element<T>(r, c);
        for (int r = row; r < lastRow; r++)
            for (c = column; c < lastColumn; c += T.Width) TEnd.Finish<T, TView>(dx, other, r * i + c, lastColumn - c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FourRows<T>(int row, int column) where T : struct, ILanes<T, TView>
    {
        TView y0 = T.From(dy, row * o), y1 = T.From(y0, o), y2 = T.From(y1, o), y3 = T.From(y2, o);
        TView w0 = T.From(w, column * o), w1 = T.From(w0, o), w2 = T.From(w1, o), w3 = T.From(w2, o);
        T z = T.Splat(0f);
        T c00 = z, c01 = z, c02 = z, c03 = z, c10 = z, c11 = z, c12 = z, c13 = z;
        T c20 = z, c21 = z, c22 = z, c23 = z, c30 = z, c31 = z, c32 = z, c33 = z;
        int k;
        for (k = 0; k + StridedSum.Partials <= o; k += StridedSum.Partials)
        {
            T b0 = T.Load(w0, k), b1 = T.Load(w1, k), b2 = T.Load(w2, k), b3 = T.Load(w3, k);
            T a = T.Load(y0, k);
            T.Accumulate(ref c00, a, b0);
            T.Accumulate(ref c01, a, b1);
            T.Accumulate(ref c02, a, b2);
            T.Accumulate(ref c03, a, b3);
            a = T.Load(y1, k);
            T.Accumulate(ref c10, a, b0);
            T.Accumulate(ref c11, a, b1);
            T.Accumulate(ref c12, a, b2);
            T.Accumulate(ref c13, a, b3);
            a = T.Load(y2, k);
            T.Accumulate(ref c20, a, b0);
            T.Accumulate(ref c21, a, b1);
            T.Accumulate(ref c22, a, b2);
            T.Accumulate(ref c23, a, b3);
            a = T.Load(y3, k);
            T.Accumulate(ref c30, a, b0);
            T.Accumulate(ref c31, a, b1);
            T.Accumulate(ref c32, a, b2);
            T.Accumulate(ref c33, a, b3);
        }
        if (k < o)
        {
            T inside = T.Splat(o - k), b0 = T.Load(w0, k), b1 = T.Load(w1, k), b2 = T.Load(w2, k), b3 = T.Load(w3, k);
            T a = T.Load(y0, k);
            c00 = Last<T>(inside, a, b0, c00);
            c01 = Last<T>(inside, a, b1, c01);
            c02 = Last<T>(inside, a, b2, c02);
            c03 = Last<T>(inside, a, b3, c03);
            a = T.Load(y1, k);
            c10 = Last<T>(inside, a, b0, c10);
            c11 = Last<T>(inside, a, b1, c11);
            c12 = Last<T>(inside, a, b2, c12);
            c13 = Last<T>(inside, a, b3, c13);
            a = T.Load(y2, k);
            c20 = Last<T>(inside, a, b0, c20);
            c21 = Last<T>(inside, a, b1, c21);
            c22 = Last<T>(inside, a, b2, c22);
            c23 = Last<T>(inside, a, b3, c23);
            a = T.Load(y3, k);
            c30 = Last<T>(inside, a, b0, c30);
            c31 = Last<T>(inside, a, b1, c31);
            c32 = Last<T>(inside, a, b2, c32);
            c33 = Last<T>(inside, a, b3, c33);
        }
        int at = row * i + column;
        T.Store(dx, at, T.Trees(c00, c01, c02, c03), 4);
        T.Store(dx, at + i, T.Trees(c10, c11, c12, c13), 4);
        T.Store(dx, at + 2 * i, T.Trees(c20, c21, c22, c23), 4);
        T.Store(dx, at + 3 * i, T.Trees(c30, c31, c32, c33), 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void TwoRows<T>(int row, int column) where T : struct, ILanes<T, TView>
    {
        HalfOfTwoRows(row, column, 0, out T c00, out T c01, out T c02, out T c03, out T c10, out T c11, out T c12, out T c13);
        HalfOfTwoRows(row, column, 8, out T d00, out T d01, out T d02, out T d03, out T d10, out T d11, out T d12, out T d13);
        T first = T.Trees(T.Add(c00, d00), T.Add(c01, d01), T.Add(c02, d02), T.Add(c03, d03));
        T second = T.Trees(T.Add(c10, d10), T.Add(c11, d11), T.Add(c12, d12), T.Add(c13, d13));
        T.Store(dx, row * i + column, first, 4);
        T.Store(dx, (row + 1) * i + column, second, 4);
    }

    // Eight partial sums of each element, from number offset on. A method of its own, so that .NET keeps all of them in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void HalfOfTwoRows<T>(
        int row, int column, int offset,
        out T s00, out T s01, out T s02, out T s03, out T s10, out T s11, out T s12, out T s13) where T : struct, ILanes<T, TView>
    {
        TView y0 = T.From(dy, row * o + offset), y1 = T.From(y0, o);
        TView w0 = T.From(w, column * o + offset), w1 = T.From(w0, o), w2 = T.From(w1, o), w3 = T.From(w2, o);
        T z = T.Splat(0f);
        T c00 = z, c01 = z, c02 = z, c03 = z, c10 = z, c11 = z, c12 = z, c13 = z;
        int k = 0;
        for (; k + StridedSum.Partials <= o; k += StridedSum.Partials)
        {
            T a0 = T.Load(y0, k), a1 = T.Load(y1, k), b = T.Load(w0, k);
            T.Accumulate(ref c00, a0, b);
            T.Accumulate(ref c10, a1, b);
            b = T.Load(w1, k);
            T.Accumulate(ref c01, a0, b);
            T.Accumulate(ref c11, a1, b);
            b = T.Load(w2, k);
            T.Accumulate(ref c02, a0, b);
            T.Accumulate(ref c12, a1, b);
            b = T.Load(w3, k);
            T.Accumulate(ref c03, a0, b);
            T.Accumulate(ref c13, a1, b);
        }
        if (k + offset < o)
        {
            T inside = T.Splat(o - k - offset), a0 = T.Load(y0, k), a1 = T.Load(y1, k), b = T.Load(w0, k);
            c00 = Last<T>(inside, a0, b, c00);
            c10 = Last<T>(inside, a1, b, c10);
            b = T.Load(w1, k);
            c01 = Last<T>(inside, a0, b, c01);
            c11 = Last<T>(inside, a1, b, c11);
            b = T.Load(w2, k);
            c02 = Last<T>(inside, a0, b, c02);
            c12 = Last<T>(inside, a1, b, c12);
            b = T.Load(w3, k);
            c03 = Last<T>(inside, a0, b, c03);
            c13 = Last<T>(inside, a1, b, c13);
        }
        (s00, s01, s02, s03) = (c00, c01, c02, c03);
        (s10, s11, s12, s13) = (c10, c11, c12, c13);
    }

    // lanes past the last term keep their partial sum: the memory there belongs to another array
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Last<T>(T inside, T a, T b, T p) where T : struct, ILanes<T, TView> => T.SelectLess(T.Indices, inside, T.Fma(a, b, p), p);
}
