using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Networks;

/// <summary>The shape of a chain of linear layers as kernels see it: the widths of up to eight layers, and where each layer lies.</summary>
/// <remarks>
/// In the parameter arena a layer is its weights (i,o) row-major, then its bias (o), and starts at a multiple of 64 floats. In a group's
/// scratch memory rows are padded to a multiple of the vector width, so that loads and stores need no mask.
/// </remarks>
public readonly struct NetworkShape
{
    /// <summary>The most linear layers that a kernel takes.</summary>
    public const int MaxDepth = 8;

    const int ArenaAlignment = 64;

    readonly int w0, w1, w2, w3, w4, w5, w6, w7, w8;

    /// <summary>The shape of a network with the given widths, inputs first.</summary>
    /// <exception cref="ArgumentException">There are fewer than two or more than nine widths.</exception>
    public NetworkShape(IReadOnlyList<int> widths)
    {
        if (widths.Count is < 2 or > MaxDepth + 1)
            throw new ArgumentException($"a shape has 2 to {MaxDepth + 1} widths, got {widths.Count}", nameof(widths));
        Depth = widths.Count - 1;
        w0 = At(widths, 0); w1 = At(widths, 1); w2 = At(widths, 2); w3 = At(widths, 3); w4 = At(widths, 4);
        w5 = At(widths, 5); w6 = At(widths, 6); w7 = At(widths, 7); w8 = At(widths, 8);
        PartialSums = StridedSum.PartialSums(At(widths, Depth - 1));
    }

    /// <summary>The number of partial sums of the output, which a group keeps at the start of its scratch memory.</summary>
    public int PartialSums { get; }

    /// <summary>Number of linear layers.</summary>
    public int Depth { get; }

    /// <summary>Width k: 0 is the number of inputs, Depth the number of outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Width(int k) =>
        k < 4 ? k < 2 ? k == 0 ? w0 : w1 : k == 2 ? w2 : w3 : k < 6 ? k == 4 ? w4 : w5 : k == 6 ? w6 : k == 7 ? w7 : w8;

    /// <summary>A count rounded up to a multiple of the vector width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Pad(int count, int width) => (count + width - 1) / width * width;

    /// <summary>Floats of layer l in the arena, with its padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int ArenaLength(int l) => ArenaLength(Width(l), Width(l + 1));

    /// <summary>Floats of a layer in the arena, with its padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ArenaLength(int inputs, int outputs) => Pad((inputs + 1) * outputs, ArenaAlignment);

    /// <summary>Floats from one row of a layer's weights to the next in scratch memory; the weights of one output lie in one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RowLength(int outputs, int width) => outputs == 1 ? 1 : Pad(outputs, width);

    /// <summary>Floats of a layer's weights in scratch memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WeightsLength(int inputs, int outputs, int width) => outputs == 1 ? Pad(inputs, width) : inputs * Pad(outputs, width);

    /// <summary>Floats of a layer in scratch memory: the weights, then the bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ScratchLength(int inputs, int outputs, int width) => WeightsLength(inputs, outputs, width) + Pad(outputs, width);

    static int At(IReadOnlyList<int> widths, int k) => k < widths.Count ? widths[k] : 1;
}
