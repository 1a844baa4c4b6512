using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Grids;

/// <summary>
/// Evaluates a network of any depth over a band of grid rows, for networks no wider than one block of a sum. A run of three vectors of
/// points in a grid row goes through all layers before the next one starts, so that its activations stay in the nearest cache.
/// </summary>
/// <param name="band">The grid and the parameters.</param>
/// <param name="shape">The network's widths: two inputs, one output.</param>
/// <param name="scratch">Groups × <see cref="ScratchLength"/> floats.</param>
/// <param name="widest">The largest width of the network, the inputs included.</param>
/// <param name="groups">How many groups share the work; no result depends on it.</param>
/// <remarks>
/// A layer is computed in register tiles of four outputs × three vectors. Each lane works on its own points, so no lane waits.
/// </remarks>
public readonly struct GridTiles<THidden, TOutput, TView>(
    GridBand<TView> band, NetworkShape shape, TView scratch, int widest, int groups) : IGroupOp<TView>
    where THidden : struct, IActivation where TOutput : struct, IActivation where TView : struct
{
    const int Vectors = 3, Outputs = 4, MaxLanes = 64;

    /// <summary>Floats of scratch memory that a group needs: the activations of two layers.</summary>
    public static int ScratchLength(int widest) => 2 * widest * Vectors * MaxLanes;

    /// <inheritdoc/>
    public int Groups => groups;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier
    {
        int step = lanes * T.Width, strip = Vectors * step, across = (band.Width + strip - 1) / strip;
        long strips = (long)band.Sets * band.Height * across;
        int end = (int)(strips * (group + 1) / groups);
        for (int item = (int)(strips * group / groups); item < end; item++)
        {
            int row = item / across, column = item % across * strip + lane * T.Width;
            if (column < band.Width) Strip<T>(row, column, step, group * ScratchLength(widest) + lane * T.Width);
        }
    }

    // row counts on from one parameter set to the next; the vectors of the run are step columns apart
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Strip<T>(int row, int column, int step, int at) where T : struct, ILanes<T, TView>
    {
        int p = row / band.Height * band.SetLength, from = at, to = at + widest * Vectors * step;
        T y = T.Splat(T.Get(band.Y, row % band.Height));
        for (int v = 0; v < Vectors; v++)
        {
            int c = column + v * step;
            T.Store(scratch, from + v * step, T.Load(band.X, c < band.Width ? c : column), T.Width);
            T.Store(scratch, from + (Vectors + v) * step, y, T.Width);
        }
        for (int l = 0; l < shape.Depth - 1; l++)
        {
            int i = shape.Width(l), o = shape.Width(l + 1);
            if (o == 1)
                for (int v = 0; v < Vectors; v++)
                    T.Store(scratch, to + v * step, THidden.Forward<T, TView>(Sum<T>(from + v * step, Vectors * step, p, i)), T.Width);
            else Layer<T>(from, to, step, p, i, o);
            (from, to) = (to, from);
            p += shape.ArenaLength(l);
        }
        for (int v = 0; v < Vectors; v++)
        {
            int left = band.Width - column - v * step;
            if (left > 0)
                T.Store(band.Results, row * band.Width + column + v * step,
                    TOutput.Forward<T, TView>(Sum<T>(from + v * step, Vectors * step, p, shape.Width(shape.Depth - 1))), left);
        }
    }

    // y = act(b + x·w). Each output is a BlockedSum that starts at its bias and has one block only. The last tile overlaps the one before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Layer<T>(int from, int to, int step, int p, int i, int o) where T : struct, ILanes<T, TView>
    {
        TView m = scratch, w = band.Parameters;
        int bias = p + i * o;
        for (int tile = 0; tile < o; tile += Outputs)
        {
            int u = o < Outputs || tile + Outputs <= o ? tile : o - Outputs;
            int u1 = u + 1 < o ? 1 : 0, u2 = u + 2 < o ? 2 : u1, u3 = u + 3 < o ? 3 : u2;
            T a0 = T.Splat(T.Get(w, bias + u)), a1 = a0, a2 = a0;
            T b0 = T.Splat(T.Get(w, bias + u + u1)), b1 = b0, b2 = b0;
            T c0 = T.Splat(T.Get(w, bias + u + u2)), c1 = c0, c2 = c0;
            T d0 = T.Splat(T.Get(w, bias + u + u3)), d1 = d0, d2 = d0;
            for (int k = 0; k < i; k++)
            {
                int x = from + k * Vectors * step, q = p + k * o + u;
                T x0 = T.Load(m, x), x1 = T.Load(m, x + step), x2 = T.Load(m, x + 2 * step);
                T wk = T.Splat(T.Get(w, q));
                (a0, a1, a2) = (T.Fma(wk, x0, a0), T.Fma(wk, x1, a1), T.Fma(wk, x2, a2));
                wk = T.Splat(T.Get(w, q + u1));
                (b0, b1, b2) = (T.Fma(wk, x0, b0), T.Fma(wk, x1, b1), T.Fma(wk, x2, b2));
                wk = T.Splat(T.Get(w, q + u2));
                (c0, c1, c2) = (T.Fma(wk, x0, c0), T.Fma(wk, x1, c1), T.Fma(wk, x2, c2));
                wk = T.Splat(T.Get(w, q + u3));
                (d0, d1, d2) = (T.Fma(wk, x0, d0), T.Fma(wk, x1, d1), T.Fma(wk, x2, d2));
            }
            Activate(to + u * Vectors * step, step, a0, a1, a2);
            Activate(to + (u + u1) * Vectors * step, step, b0, b1, b2);
            Activate(to + (u + u2) * Vectors * step, step, c0, c1, c2);
            Activate(to + (u + u3) * Vectors * step, step, d0, d1, d2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Activate<T>(int at, int step, T y0, T y1, T y2) where T : struct, ILanes<T, TView>
    {
        T.Store(scratch, at, THidden.Forward<T, TView>(y0), T.Width);
        T.Store(scratch, at + step, THidden.Forward<T, TView>(y1), T.Width);
        T.Store(scratch, at + 2 * step, THidden.Forward<T, TView>(y2), T.Width);
    }

    // one output: the strided sum for each point, then the bias
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    T Sum<T>(int x, int stride, int p, int count) where T : struct, ILanes<T, TView> =>
        T.Add(StridedSum.Dots<T, TView>(scratch, x, stride, band.Parameters, p, count), T.Splat(T.Get(band.Parameters, p + count)));
}
