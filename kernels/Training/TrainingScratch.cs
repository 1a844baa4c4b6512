using GpuMlp.Kernels.Linear;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Training;

/// <summary>What the groups of the fused kernels keep in scratch memory, and how much of it they need.</summary>
public static class TrainingScratch
{
    /// <summary>
    /// Floats at the end of a group's scratch memory: the logits and labels of sixteen steps whose losses are still to be computed.
    /// </summary>
    internal const int RecordLength = 32;

    /// <summary>
    /// Floats of scratch memory that a group of <see cref="SingleExampleTraining{TActivation, TLoss, TView}"/> needs, enough for vectors of
    /// any width.
    /// </summary>
    public static long SingleExampleScratchLength(this NetworkShape shape)
    {
        long length = shape.PartialSums + LayerTable.Length;
        for (int l = 0; l < shape.Depth; l++)
        {
            (int i, int o) = (shape.Width(l), shape.Width(l + 1));
            int outputs = NetworkShape.Pad(o, 16);
            length += (o == 1 ? NetworkShape.Pad(i, 16) : (long)i * outputs) + outputs;          // ScratchLength in 64 bits
        }
        for (int k = 0; k <= shape.Depth; k++) length += 3L * NetworkShape.Pad(shape.Width(k), 16);
        return length + SideBySide.ScratchLength + RecordLength;
    }

    /// <summary>
    /// Floats of scratch memory that a group of <see cref="BatchTraining{TActivation, TLoss, TOptimizer, TView}"/> needs for steps of n
    /// examples.
    /// </summary>
    public static long BatchScratchLength(this NetworkShape shape, long n)
    {
        long length = LayerTable.Length + n, arena = 0, packed = 0;
        for (int l = 0; l < shape.Depth; l++)
        {
            arena += shape.ArenaLength(l);
            if (shape.Width(l + 1) > BlockedSum.Length) packed = Math.Max(packed, Panel.Length(shape.Width(l), shape.Width(l + 1)));
        }
        for (int k = 0; k <= shape.Depth; k++) length += 3 * n * shape.Width(k);
        return length + arena + n + packed + BlockedSum.Count(arena) + 1;
    }
}
