using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Networks;

/// <summary>
/// The shape of a chain of linear layers as a kernel sees it: up to eight layers' widths, and where a layer lies in the flat buffer.
/// </summary>
/// <remarks>
/// In the parameter arena a layer is its weights (i,o) row-major, then its bias (o), and starts at a multiple of 64 floats. In a group's
/// scratch memory rows are as long as the lanes are wide, or a multiple of that, so that no load or store has to be masked.
/// </remarks>
public readonly struct NetworkShape
{
    /// <summary>The most linear layers that a kernel takes.</summary>
    public const int MaxDepth = 8;

    const int ArenaAlignment = 64;

    readonly int w0, w1, w2, w3, w4, w5, w6, w7, w8;

    /// <summary>The shape of widths w0-w1-….</summary>
    /// <exception cref="ArgumentException">Other than two to nine widths.</exception>
    public NetworkShape(IReadOnlyList<int> widths)
    {
        if (widths.Count is < 2 or > MaxDepth + 1) throw new ArgumentException($"a shape has 2 to {MaxDepth + 1} widths, got {widths.Count}", nameof(widths));
        Depth = widths.Count - 1;
        w0 = At(widths, 0); w1 = At(widths, 1); w2 = At(widths, 2); w3 = At(widths, 3); w4 = At(widths, 4);
        w5 = At(widths, 5); w6 = At(widths, 6); w7 = At(widths, 7); w8 = At(widths, 8);
        PartialSums = StridedSum.PartialSums(At(widths, Depth - 1));
    }

    /// <summary>Partial sums of the output, which a group keeps at the start of its scratch memory.</summary>
    public int PartialSums { get; }

    /// <summary>Number of linear layers.</summary>
    public int Depth { get; }

    /// <summary>Columns between layers: 0 is the input, Depth the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Width(int k) =>
        k < 4 ? k < 2 ? k == 0 ? w0 : w1 : k == 2 ? w2 : w3 : k < 6 ? k == 4 ? w4 : w5 : k == 6 ? w6 : k == 7 ? w7 : w8;

    /// <summary>A count rounded up to whole lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Pad(int count, int width) => (count + width - 1) / width * width;

    /// <summary>Floats of layer l in the arena.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int ArenaLength(int l) => ArenaLength(Width(l), Width(l + 1));

    /// <summary>Floats of a layer in the arena.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ArenaLength(int inputs, int outputs) => Pad((inputs + 1) * outputs, ArenaAlignment);

    /// <summary>Floats from one row of a layer's weights to the next in scratch memory; one output's weights lie in one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RowLength(int outputs, int width) => outputs == 1 ? 1 : Pad(outputs, width);

    /// <summary>Floats of a layer's weights in scratch memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WeightsLength(int inputs, int outputs, int width) => outputs == 1 ? Pad(inputs, width) : inputs * Pad(outputs, width);

    /// <summary>Floats of a layer in scratch memory: weights, then bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ScratchLength(int inputs, int outputs, int width) => WeightsLength(inputs, outputs, width) + Pad(outputs, width);

    static int At(IReadOnlyList<int> widths, int k) => k < widths.Count ? widths[k] : 1;
}
