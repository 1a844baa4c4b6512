using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Grids;

/// <summary>The size of <see cref="PointTile{THidden, T, TView}"/>.</summary>
public static class PointTile
{
    /// <summary>The most units of a hidden layer.</summary>
    public const int MostUnits = 64;

    /// <summary>Points of a group, and its threads, each of which brings and takes one point.</summary>
    public const int Points = 128;

    // threads along the points, of which each takes two times four
    internal const int Across = Points / 8;

    // terms per turn of the loop over a sum's terms: with each turn a compiler copies the 64 sums
    internal const int Terms = 8;

    internal const int Weights = MostUnits * Points;

    /// <summary>Floats of shared memory.</summary>
    public const int SharedFloats = Weights + MostUnits * MostUnits;

    /// <summary>Whether points can be taken through networks of a shape.</summary>
    public static bool Takes(NetworkShape shape)
    {
        if (shape.Depth < 2 || shape.Width(0) > MostUnits) return false;
        for (int l = 1; l < shape.Depth; l++)
            if (shape.Width(l) is < 2 or > MostUnits) return false;
        return true;
    }
}

/// <summary>
/// 128 points that a group takes through the hidden layers of a network, of 2 to 64 units each; their activations stay in shared memory.
/// </summary>
/// <remarks>
/// A layer is one product of its weights and the activations, in register tiles of eight units and eight points per thread. Both lie in
/// shared memory so that a thread reads four floats at a time, and neighbouring threads read neighbouring points.
/// </remarks>
/// <param name="parameters">The networks' arenas.</param>
/// <param name="arena">Where the network's begins in them.</param>
/// <param name="shape">The network's widths, for which <see cref="PointTile.Takes"/> holds.</param>
/// <param name="shared">The memory, <see cref="PointTile.SharedFloats"/> floats.</param>
/// <param name="lane">The number of this thread.</param>
public readonly struct PointTile<THidden, T, TView>(TView parameters, int arena, NetworkShape shape, TView shared, int lane)
    where THidden : struct, IActivation where T : struct, ILanes<T, TView> where TView : struct
{
    const int MostUnits = PointTile.MostUnits, Points = PointTile.Points, Across = PointTile.Across, Terms = PointTile.Terms,
        Threads = Across * MostUnits / 8, Weights = PointTile.Weights;

    /// <summary>Sets an input of this thread's point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetInput(int input, float value) => T.Set(shared, input * Points + lane, value);

    /// <summary>Takes the points through the hidden layers; returns where the last layer begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Forward<TBarrier>() where TBarrier : struct, IBarrier
    {
        TView points = T.From(shared, lane % Across * 4), units = T.From(shared, Weights + lane / Across * 4);
        int inputs = shape.Width(0), last = shape.Depth - 1, p = arena;
        for (int l = 0; l < last; l++)
        {
            int outputs = shape.Width(l + 1), bias = p + inputs * outputs, unit = lane / Across * 4;
            var sums = RegisterTile.Splat(new Eight(Biases(bias, unit, outputs), Biases(bias, unit + MostUnits / 2, outputs)));
            CopyWeights(p, inputs, outputs);
            TBarrier.Wait(Threads);
            TView a = points, w = units;
            int left = inputs;
            for (; left >= Terms; left -= Terms)
            {
                sums = Term(a, w, 0, sums);
                sums = Term(a, w, 1, sums);
                sums = Term(a, w, 2, sums);
                sums = Term(a, w, 3, sums);
                sums = Term(a, w, 4, sums);
                sums = Term(a, w, 5, sums);
                sums = Term(a, w, 6, sums);
                sums = Term(a, w, 7, sums);
                a = T.From(a, Terms * Points);
                w = T.From(w, Terms * MostUnits);
            }
            for (; left > 0; left--)
            {
                sums = Term(a, w, 0, sums);
                a = T.From(a, Points);
                w = T.From(w, MostUnits);
            }
            TBarrier.Wait(Threads);
            Store(T.From(points, unit * Points), sums);
            TBarrier.Wait(Threads);
            p += shape.ArenaLength(l);
            inputs = outputs;
        }
        return p;
    }

    /// <summary>The result of a single output at this thread's point: the strided sum, then + b.</summary>
    /// <param name="p">Where the last layer begins.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Single(int p)
    {
        int inputs = shape.Width(shape.Depth - 1);
        return Output(T.From(shared, lane), T.From(parameters, p), inputs) + T.Get(parameters, p + inputs);
    }

    /// <summary>The result of one of several outputs at this thread's point: ascending over the inputs, from the bias.</summary>
    /// <param name="p">Where the last layer begins.</param>
    /// <param name="output">The number of the output.</param>
    /// <param name="outputs">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float OneOf(int p, int output, int outputs)
    {
        int inputs = shape.Width(shape.Depth - 1);
        TView a = T.From(shared, lane), w = T.From(parameters, p + output);
        float z = T.Get(w, inputs * outputs);
        for (int left = inputs; left > 0; left--)
        {
            z = Rounding.Fma(T.Get(a, 0), T.Get(w, 0), z);
            a = T.From(a, Points);
            w = T.From(w, outputs);
        }
        return z;
    }

    // A unit that the layer does not have gets what the last one has: nobody reads its activation.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Four Biases(int at, int unit, int outputs) => new(
        Bias(at, unit, outputs), Bias(at, unit + 1, outputs), Bias(at, unit + 2, outputs), Bias(at, unit + 3, outputs));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    float Bias(int at, int unit, int outputs) =>
        T.Get(parameters, at + (unit < outputs ? unit : outputs - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void CopyWeights(int p, int inputs, int outputs)
    {
        const int Together = Threads / MostUnits;
        int unit = lane % MostUnits < outputs ? lane % MostUnits : outputs - 1, first = lane / MostUnits;
        TView from = T.From(parameters, p + first * outputs + unit), to = T.From(shared, Weights + lane);
        for (int term = first; term < inputs; term += Together)
        {
            T.Set(to, 0, T.Get(from, 0));
            from = T.From(from, Together * outputs);
            to = T.From(to, Together * MostUnits);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static RegisterTile Term(TView a, TView w, int term, RegisterTile sums)
    {
        var x = new Eight(T.GetFour(w, term * MostUnits), T.GetFour(w, term * MostUnits + MostUnits / 2));
        var y = new Eight(T.GetFour(a, term * Points), T.GetFour(a, term * Points + Points / 2));
        return RegisterTile.Fma(x, y, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(TView to, RegisterTile sums)
    {
        Store(to, 0, sums.R0);
        Store(to, 1, sums.R1);
        Store(to, 2, sums.R2);
        Store(to, 3, sums.R3);
        Store(to, MostUnits / 2, sums.R4);
        Store(to, MostUnits / 2 + 1, sums.R5);
        Store(to, MostUnits / 2 + 2, sums.R6);
        Store(to, MostUnits / 2 + 3, sums.R7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(TView to, int unit, Eight z)
    {
        Eight y = EightActivations.Forward<THidden, T, TView>(z);
        T.SetFour(to, unit * Points, y.Low);
        T.SetFour(to, unit * Points + Points / 2, y.High);
    }

    // the strided sum of one point, with its sixteen partial sums in registers
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Output(TView a, TView w, int inputs)
    {
        Eight low = default, high = default;
        int left = inputs;
        for (; left >= StridedSum.Partials; left -= StridedSum.Partials)
        {
            low = Eight.Fma(Activations(a, 0), new Eight(T.GetFour(w, 0), T.GetFour(w, 4)), low);
            high = Eight.Fma(Activations(a, 8), new Eight(T.GetFour(w, 8), T.GetFour(w, 12)), high);
            a = T.From(a, StridedSum.Partials * Points);
            w = T.From(w, StridedSum.Partials);
        }
        // the activations and weights past the last are there, and not taken
        if (left > 0) low = Eight.SelectFirst(left, Eight.Fma(Activations(a, 0), new Eight(T.GetFour(w, 0), T.GetFour(w, 4)), low), low);
        if (left > 8)
            high = Eight.SelectFirst(left - 8, Eight.Fma(Activations(a, 8), new Eight(T.GetFour(w, 8), T.GetFour(w, 12)), high), high);
        return StridedSum.Total(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Eight Activations(TView a, int first) =>
        Eight.Load<T, TView>(T.From(a, first * Points), Points);
}
