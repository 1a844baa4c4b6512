using System.Numerics;
using System.Runtime.InteropServices;

namespace GpuMlp.Training;

/// <summary>Keeps a network's last losses while its population trains, and whether it diverged.</summary>
sealed class PopulationTrack(int steps)
{
    readonly float[] tail = new float[Math.Min(TrainingResult.LastLosses, steps)];
    float[] parameters = [];

    /// <summary>Steps made, without those after a divergence.</summary>
    internal int Steps { get; private set; }

    internal int? DivergedStep { get; private set; }

    internal float LastLoss { get; private set; } = float.NaN;

    /// <summary>Takes in the losses of one launch and the parameters after it; does nothing once the network has diverged.</summary>
    /// <param name="losses">The losses of the launch.</param>
    /// <param name="arena">The parameters after it.</param>
    /// <param name="atMark">Whether a weight that is not finite counts: where launches end by the clock alone it does not.</param>
    internal void Add(ReadOnlySpan<float> losses, ReadOnlySpan<float> arena, bool atMark)
    {
        if (DivergedStep is not null) return;
        int bad = FirstNotFinite(losses);
        if (bad < 0 && atMark && FirstNotFinite(arena) >= 0) bad = losses.Length - 1;
        if (bad >= 0)
        {
            losses = losses[..(bad + 1)];
            DivergedStep = Steps + bad;
        }
        AppendToTail(losses);
        Steps += losses.Length;
        LastLoss = losses[^1];
        if (parameters.Length == 0) parameters = new float[arena.Length];
        arena.CopyTo(parameters);
    }

    // a vector at a time, because all losses of all networks pass through here
    static int FirstNotFinite(ReadOnlySpan<float> values)
    {
        var exponent = new Vector<int>(0x7F800000);                // all these bits are set if and only if a float is infinite or NaN
        ReadOnlySpan<Vector<int>> vectors = MemoryMarshal.Cast<float, Vector<int>>(values);
        int k = 0;
        while (k < vectors.Length && !Vector.EqualsAny(vectors[k] & exponent, exponent)) k++;
        for (k *= Vector<int>.Count; k < values.Length; k++)
            if (!float.IsFinite(values[k])) return k;
        return -1;
    }

    // appends the newest losses and drops the oldest
    void AppendToTail(ReadOnlySpan<float> losses)
    {
        if (losses.Length > tail.Length) losses = losses[^tail.Length..];
        tail.AsSpan(losses.Length).CopyTo(tail);
        losses.CopyTo(tail.AsSpan(tail.Length - losses.Length));
    }

    /// <summary>The network's result; it has an accuracy only if the network did not diverge.</summary>
    internal PopulationResult Result(double? accuracy)
    {
        // a run that was stopped between two marks
        if (DivergedStep is null && FirstNotFinite(parameters) >= 0) DivergedStep = Steps - 1;
        float mean = TrainingResult.MeanOfLast(tail.AsSpan(tail.Length - Math.Min(Steps, tail.Length)));
        return new PopulationResult(Steps, LastLoss, mean, DivergedStep, DivergedStep is null ? accuracy : null, parameters);
    }
}
