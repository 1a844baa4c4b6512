using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// The outputs y (networks, outputs, points) of many networks of one shape, in one launch: one group per network, whose lanes share the
/// points.
/// </summary>
/// <remarks>
/// Every sum has the same order as in the layers. Scratch memory of a lane: two rows of units, where each unit is a vector of points.
/// </remarks>
/// <param name="rows">The networks, their points and the results.</param>
/// <param name="scratch">The scratch memory of all groups.</param>
/// <param name="shape">The networks' shape.</param>
public readonly struct PopulationForward<TActivation, TOutput, TView>(PopulationRows<TView> rows, TView scratch, NetworkShape shape)
    : IGroupOp<TView>
    where TActivation : struct, IActivation where TOutput : struct, IActivation where TView : struct
{
    // the most floats that all lanes of a group hold: one vector of sixteen on the host, 64 threads of one float on a GPU
    const int GroupWidth = 64;

    /// <inheritdoc/>
    public int Groups => rows.Count;

    /// <summary>Floats of a group's scratch memory.</summary>
    public static long ScratchLength(NetworkShape shape) => 2L * GroupWidth * Widest(shape);

    static int Widest(NetworkShape shape)
    {
        int widest = 1;
        for (int k = 0; k <= shape.Depth; k++) widest = shape.Width(k) > widest ? shape.Width(k) : widest;
        return widest;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier
    {
        int features = shape.Width(0), row = Widest(shape) * T.Width, points = rows.Points, network = rows.First + group;
        int firstRow = T.GetInt(rows.Networks, NetworkRow.Length * network + NetworkRow.FirstRow);
        int place = 2 * (group * GroupWidth * Widest(shape) + lane * row);
        for (int p = lane * T.Width; p < points; p += lanes * T.Width)
        {
            for (int i = 0; i < T.Width; i++)
            {
                int at = (firstRow + (p + i < points ? p + i : points - 1)) * features;
                for (int f = 0; f < features; f++) T.Set(scratch, place + f * T.Width + i, T.Get(rows.X, at + f));
            }
            int from = place, to = place + row, w = network * rows.ArenaLength;
            for (int l = 0; l < shape.Depth; l++)
            {
                int inputs = shape.Width(l), units = shape.Width(l + 1);
                if (units == 1) T.Store(scratch, to, Single<T>(from, w, inputs), T.Width);
                else Hidden<T>(from, to, w, inputs, units);
                for (int u = to; u < to + units * T.Width && l < shape.Depth - 1; u += T.Width)
                    T.Store(scratch, u, TActivation.Forward<T, TView>(T.Load(scratch, u)), T.Width);
                w += shape.ArenaLength(l);
                int swap = from;
                from = to;
                to = swap;
            }
            int outputs = shape.Width(shape.Depth);
            for (int o = 0; o < outputs; o++)
            {
                T z = T.Load(scratch, from + o * T.Width);
                T.Store(rows.Y, (group * outputs + o) * points + p, TOutput.Forward<T, TView>(z), points - p);
            }
        }
    }

    /// <summary>b + x·w, four units at a time so that four sums overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Hidden<T>(int from, int to, int w, int inputs, int outputs) where T : struct, ILanes<T, TView>
    {
        T zero = T.Splat(0f);
        for (int o = 0; o < outputs; o += 4)
        {
            // where fewer than four units are left, some are computed twice
            int o1 = o + 1 < outputs ? o + 1 : o, o2 = o + 2 < outputs ? o + 2 : o, o3 = o + 3 < outputs ? o + 3 : o;
            int bias = w + inputs * outputs;
            T t0 = zero, t1 = zero, t2 = zero, t3 = zero;
            for (int begin = 0; begin < inputs; begin += BlockedSum.Length)
            {
                int stop = BlockedSum.Stop(begin, inputs);
                T p0 = zero, p1 = zero, p2 = zero, p3 = zero;
                if (begin == 0)                                      // BlockedSum.Begin for all four under one branch
                {
                    p0 = T.Splat(T.Get(rows.Parameters, bias + o));
                    p1 = T.Splat(T.Get(rows.Parameters, bias + o1));
                    p2 = T.Splat(T.Get(rows.Parameters, bias + o2));
                    p3 = T.Splat(T.Get(rows.Parameters, bias + o3));
                }
                for (int i = begin; i < stop; i++)
                {
                    T u = T.Load(scratch, from + i * T.Width);
                    int at = w + i * outputs;
                    p0 = T.Fma(u, T.Splat(T.Get(rows.Parameters, at + o)), p0);
                    p1 = T.Fma(u, T.Splat(T.Get(rows.Parameters, at + o1)), p1);
                    p2 = T.Fma(u, T.Splat(T.Get(rows.Parameters, at + o2)), p2);
                    p3 = T.Fma(u, T.Splat(T.Get(rows.Parameters, at + o3)), p3);
                }
                t0 = BlockedSum.Close<T, TView>(begin, t0, p0);
                t1 = BlockedSum.Close<T, TView>(begin, t1, p1);
                t2 = BlockedSum.Close<T, TView>(begin, t2, p2);
                t3 = BlockedSum.Close<T, TView>(begin, t3, p3);
            }
            T.Store(scratch, to + o * T.Width, t0, T.Width);
            T.Store(scratch, to + o1 * T.Width, t1, T.Width);
            T.Store(scratch, to + o2 * T.Width, t2, T.Width);
            T.Store(scratch, to + o3 * T.Width, t3, T.Width);
        }
    }

    /// <summary>A layer of one output: per point the strided sum, then + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    T Single<T>(int from, int w, int inputs) where T : struct, ILanes<T, TView>
    {
        T total = T.Splat(0f);
        for (int begin = 0; begin < inputs; begin += BlockedSum.Length)
        {
            int stop = BlockedSum.Stop(begin, inputs);
            T sum = StridedSum.Dots<T, TView>(scratch, from + begin * T.Width, T.Width, rows.Parameters, w + begin, stop - begin);
            total = BlockedSum.Close<T, TView>(begin, total, sum);
        }
        return T.Add(total, T.Splat(T.Get(rows.Parameters, w + inputs)));
    }
}
