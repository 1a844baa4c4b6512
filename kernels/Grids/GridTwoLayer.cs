using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Grids;

/// <summary>
/// Evaluates a 2-h-1 network (h ≥ 2) over a band of grid rows: four rows of one column vector at a time, with all values in registers.
/// </summary>
/// <remarks>
/// All four rows share the part of a hidden unit that depends on x. The sum over the units has the order of StridedSum. Its partial sums
/// are computed in bit-reversed order (0, 8, 4, 12, 2, …), so that two of them can be added as soon as the second is there: five sums are
/// alive at a time instead of sixteen.
/// </remarks>
public readonly struct GridTwoLayer<THidden, TOutput, TView>(GridBand<TView> band, int hidden, int secondLayer) : IGroupOp<TView>
    where THidden : struct, IActivation where TOutput : struct, IActivation where TView : struct
{
    const int Rows = 4, Columns = 1024;                           // that one group computes

    int Across => (band.Width + Columns - 1) / Columns;

    int Down => (band.Height + Rows - 1) / Rows;

    /// <inheritdoc/>
    public int Groups => Across * Down * band.Sets;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier
    {
        int start = group % Across * Columns, row = group / Across % Down * Rows, set = group / Across / Down;
        int end = band.Width - start < Columns ? band.Width : start + Columns;
        for (int column = start + lane * T.Width; column < end; column += lanes * T.Width) Tile<T>(column, row, set);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Tile<T>(int column, int row, int set) where T : struct, ILanes<T, TView>
    {
        TView p = band.Parameters;
        int w = set * band.SetLength, v = w + secondLayer;
        T x = T.Load(band.X, column), zero = T.Splat(0f);
        int last = band.Height - 1;                               // rows past the last repeat it and are not stored
        T ya = T.Splat(T.Get(band.Y, row)), yb = T.Splat(T.Get(band.Y, row + 1 < last ? row + 1 : last));
        T yc = T.Splat(T.Get(band.Y, row + 2 < last ? row + 2 : last)), yd = T.Splat(T.Get(band.Y, row + 3 < last ? row + 3 : last));
        T za = zero, zb = zero, zc = zero, zd = zero;
        for (int begin = 0; begin < hidden; begin += BlockedSum.Length)
        {
            int stop = BlockedSum.Stop(begin, hidden);
            // the sums at each level of the tree that wait for their other half
            T a1 = zero, b1 = zero, c1 = zero, d1 = zero, a2 = zero, b2 = zero, c2 = zero, d2 = zero;
            T a4 = zero, b4 = zero, c4 = zero, d4 = zero, a8 = zero, b8 = zero, c8 = zero, d8 = zero;
            for (int q = 0; q < StridedSum.Partials; q++)
            {
                T a = zero, b = zero, c = zero, d = zero;
                for (int k = begin + StridedSum.DepthFirst(q); k < stop; k += StridedSum.Partials)
                {
                    T t = T.Fma(x, T.Splat(T.Get(p, w + k)), T.Splat(T.Get(p, w + 2 * hidden + k)));
                    T wy = T.Splat(T.Get(p, w + hidden + k)), u = T.Splat(T.Get(p, v + k));
                    a = T.Fma(THidden.Forward<T, TView>(T.Fma(ya, wy, t)), u, a);
                    b = T.Fma(THidden.Forward<T, TView>(T.Fma(yb, wy, t)), u, b);
                    c = T.Fma(THidden.Forward<T, TView>(T.Fma(yc, wy, t)), u, c);
                    d = T.Fma(THidden.Forward<T, TView>(T.Fma(yd, wy, t)), u, d);
                }
                if ((q & 1) == 0) { (a1, b1, c1, d1) = (a, b, c, d); continue; }
                (a, b, c, d) = (T.Add(a1, a), T.Add(b1, b), T.Add(c1, c), T.Add(d1, d));
                if ((q & 2) == 0) { (a2, b2, c2, d2) = (a, b, c, d); continue; }
                (a, b, c, d) = (T.Add(a2, a), T.Add(b2, b), T.Add(c2, c), T.Add(d2, d));
                if ((q & 4) == 0) { (a4, b4, c4, d4) = (a, b, c, d); continue; }
                (a, b, c, d) = (T.Add(a4, a), T.Add(b4, b), T.Add(c4, c), T.Add(d4, d));
                if ((q & 8) == 0) { (a8, b8, c8, d8) = (a, b, c, d); continue; }
                (a, b, c, d) = (T.Add(a8, a), T.Add(b8, b), T.Add(c8, c), T.Add(d8, d));
                // BlockedSum.Close for all four rows under one branch
                (za, zb, zc, zd) = begin == 0 ? (a, b, c, d) : (T.Add(za, a), T.Add(zb, b), T.Add(zc, c), T.Add(zd, d));
            }
        }
        T bias = T.Splat(T.Get(p, v + hidden));
        int at = (set * band.Height + row) * band.Width + column;
        for (int r = 0; r < Rows && row + r < band.Height; r++)
        {
            T z = r == 0 ? za : r == 1 ? zb : r == 2 ? zc : zd;
            T.Store(band.Results, at + r * band.Width, TOutput.Forward<T, TView>(T.Add(z, bias)), band.Width - column);
        }
    }
}
