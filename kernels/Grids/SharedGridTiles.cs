using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Grids;

/// <summary>
/// <see cref="GridTiles{THidden, TOutput, TView}"/> for a GPU, for hidden layers of 2 to <see cref="MostUnits"/> units: a group takes 128
/// points through all layers, whose activations stay in shared memory.
/// </summary>
/// <remarks>
/// A layer is one product of its weights and the activations, in register tiles of eight units and eight points per thread. Both lie in
/// shared memory so that a thread reads four floats at a time, and neighbouring threads read neighbouring points.
/// </remarks>
/// <param name="band">The grid and the parameters.</param>
/// <param name="shape">The network's widths: two inputs, one output.</param>
public readonly struct SharedGridTiles<THidden, TOutput, TView>(GridBand<TView> band, NetworkShape shape) : ISharedOp<TView>
    where THidden : struct, IActivation where TOutput : struct, IActivation where TView : struct
{
    /// <summary>The most units of a hidden layer.</summary>
    public const int MostUnits = 64;

    /// <summary>Whether networks of a shape can be evaluated.</summary>
    public static bool Takes(NetworkShape shape)
    {
        for (int l = 1; l < shape.Depth; l++)
            if (shape.Width(l) is < 2 or > MostUnits) return false;
        return true;
    }

    // points of a group; threads along the points, of which each takes two times four
    const int Points = 128, Across = Points / 8, Threads = Across * MostUnits / 8;

    // terms per turn of the loop over a sum's terms: with each turn a compiler copies the 64 sums
    const int Terms = 8;

    const int Weights = MostUnits * Points;

    /// <inheritdoc/>
    public static int Lanes => Threads;

    /// <inheritdoc/>
    public static int SharedFloats => Weights + MostUnits * MostUnits;

    int Tiles => (band.Width * band.Height + Points - 1) / Points;

    /// <inheritdoc/>
    public int Groups => Tiles * band.Sets;

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int tiles = Tiles, count = band.Width * band.Height, set = group / tiles, point = group % tiles * Points + lane;
        int p = set * band.SetLength;
        TView mine = T.From(shared, lane);
        // points past the last are computed as the last, and not stored
        int at = point < count ? point : count - 1;
        T.Set(mine, 0, T.Get(band.X, at % band.Width));
        T.Set(mine, Points, T.Get(band.Y, at / band.Width));
        TView points = T.From(shared, lane % Across * 4), units = T.From(shared, Weights + lane / Across * 4);
        int inputs = 2, last = shape.Depth - 1;
        for (int l = 0; l < last; l++)
        {
            int outputs = shape.Width(l + 1), bias = p + inputs * outputs, unit = lane / Across * 4;
            var sums = RegisterTile.Splat(new Eight(Biases<T>(bias, unit, outputs), Biases<T>(bias, unit + MostUnits / 2, outputs)));
            CopyWeights<T>(p, inputs, outputs, shared, lane);
            TBarrier.Wait(Lanes);
            TView a = points, w = units;
            int left = inputs;
            for (; left >= Terms; left -= Terms)
            {
                sums = Term<T>(a, w, 0, sums);
                sums = Term<T>(a, w, 1, sums);
                sums = Term<T>(a, w, 2, sums);
                sums = Term<T>(a, w, 3, sums);
                sums = Term<T>(a, w, 4, sums);
                sums = Term<T>(a, w, 5, sums);
                sums = Term<T>(a, w, 6, sums);
                sums = Term<T>(a, w, 7, sums);
                a = T.From(a, Terms * Points);
                w = T.From(w, Terms * MostUnits);
            }
            for (; left > 0; left--)
            {
                sums = Term<T>(a, w, 0, sums);
                a = T.From(a, Points);
                w = T.From(w, MostUnits);
            }
            TBarrier.Wait(Lanes);
            Store<T>(T.From(points, unit * Points), sums);
            TBarrier.Wait(Lanes);
            p += shape.ArenaLength(l);
            inputs = outputs;
        }
        if (point >= count) return;
        float z = Output<T>(mine, T.From(band.Parameters, p), inputs) + T.Get(band.Parameters, p + inputs);
        T.Set(band.Results, set * count + point, EightActivations.Forward<TOutput, T, TView>(z));
    }

    // A unit that the layer does not have gets what the last one has: nobody reads its activation.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Four Biases<T>(int at, int unit, int outputs) where T : struct, ILanes<T, TView> => new(
        Bias<T>(at, unit, outputs), Bias<T>(at, unit + 1, outputs), Bias<T>(at, unit + 2, outputs), Bias<T>(at, unit + 3, outputs));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    float Bias<T>(int at, int unit, int outputs) where T : struct, ILanes<T, TView> =>
        T.Get(band.Parameters, at + (unit < outputs ? unit : outputs - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void CopyWeights<T>(int p, int inputs, int outputs, TView shared, int lane) where T : struct, ILanes<T, TView>
    {
        const int Together = Threads / MostUnits;
        int unit = lane % MostUnits < outputs ? lane % MostUnits : outputs - 1, first = lane / MostUnits;
        TView from = T.From(band.Parameters, p + first * outputs + unit), to = T.From(shared, Weights + lane);
        for (int term = first; term < inputs; term += Together)
        {
            T.Set(to, 0, T.Get(from, 0));
            from = T.From(from, Together * outputs);
            to = T.From(to, Together * MostUnits);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static RegisterTile Term<T>(TView a, TView w, int term, RegisterTile sums) where T : struct, ILanes<T, TView>
    {
        var x = new Eight(T.GetFour(w, term * MostUnits), T.GetFour(w, term * MostUnits + MostUnits / 2));
        var y = new Eight(T.GetFour(a, term * Points), T.GetFour(a, term * Points + Points / 2));
        return RegisterTile.Fma(x, y, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<T>(TView to, RegisterTile sums) where T : struct, ILanes<T, TView>
    {
        Store<T>(to, 0, sums.R0);
        Store<T>(to, 1, sums.R1);
        Store<T>(to, 2, sums.R2);
        Store<T>(to, 3, sums.R3);
        Store<T>(to, MostUnits / 2, sums.R4);
        Store<T>(to, MostUnits / 2 + 1, sums.R5);
        Store<T>(to, MostUnits / 2 + 2, sums.R6);
        Store<T>(to, MostUnits / 2 + 3, sums.R7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<T>(TView to, int unit, Eight z) where T : struct, ILanes<T, TView>
    {
        Eight y = EightActivations.Forward<THidden, T, TView>(z);
        T.SetFour(to, unit * Points, y.Low);
        T.SetFour(to, unit * Points + Points / 2, y.High);
    }

    // the strided sum of one point, with its sixteen partial sums in registers
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Output<T>(TView a, TView w, int inputs) where T : struct, ILanes<T, TView>
    {
        Eight low = default, high = default;
        int left = inputs;
        for (; left >= StridedSum.Partials; left -= StridedSum.Partials)
        {
            low = Eight.Fma(Activations<T>(a, 0), new Eight(T.GetFour(w, 0), T.GetFour(w, 4)), low);
            high = Eight.Fma(Activations<T>(a, 8), new Eight(T.GetFour(w, 8), T.GetFour(w, 12)), high);
            a = T.From(a, StridedSum.Partials * Points);
            w = T.From(w, StridedSum.Partials);
        }
        // the activations and weights past the last are there, and not taken
        if (left > 0) low = Eight.SelectFirst(left, Eight.Fma(Activations<T>(a, 0), new Eight(T.GetFour(w, 0), T.GetFour(w, 4)), low), low);
        if (left > 8)
            high = Eight.SelectFirst(left - 8, Eight.Fma(Activations<T>(a, 8), new Eight(T.GetFour(w, 8), T.GetFour(w, 12)), high), high);
        return StridedSum.Total(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Eight Activations<T>(TView a, int first) where T : struct, ILanes<T, TView> =>
        Eight.Load<T, TView>(T.From(a, first * Points), Points);
}
