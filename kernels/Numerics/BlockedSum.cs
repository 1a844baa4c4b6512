using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Numerics;

/// <summary>
/// Long sums: blocks of 256 terms, the first of which begins at a start value and later ones at 0, and whose results are added in order.
/// So a product can be packed, tiled, split over its terms or kept in memory between two blocks, and its bits stay.
/// </summary>
/// <remarks>
/// Float32 sums depend on their order, and a run has the same bits on every device and in every engine, so each op has one order and these
/// two classes alone know its numbers. A is ascending: fused multiply-adds (plain sums in db) from the start or 0, in blocks. S is
/// <see cref="StridedSum"/>: sixteen partial sums and a tree for each block. S1 is the same in one block, however many terms.
/// <code>
/// y of Linear, two outputs or more   A   over the inputs, from the bias (a product without bias: from 0)
/// y of Linear, one output            S   over the inputs, then + b
/// dx, 2 to 256 outputs               S   over the outputs (one block)
/// dx, one output                         one product, no sum
/// dx, more than 256 outputs          A   over the outputs, from 0
/// dw, db                             A   over the rows, from 0
/// means, sums of rows, softmax's and
///   cross-entropy's Σ e^x            S1  the mean then divided by n
/// Σ dy·y of softmax's dx             S   over the row
/// norm for clipping                  S   over the squares of each block of gradients, S1 over the blocks
/// w after a step                         dw is rounded, then w = fma(-rate, dw, w)
/// </code>
/// A loop over the terms is <c>for (begin = 0; begin &lt; count; begin += Length)</c> with Stop, Begin and Close around its own steps.
/// </remarks>
public static class BlockedSum
{
    /// <summary>Terms of a block.</summary>
    public const int Length = 256;

    /// <summary>Blocks of so many terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Count(int terms) => (terms + Length - 1) / Length;

    /// <summary>Blocks of so many terms.</summary>
    public static long Count(long terms) => (terms + Length - 1) / Length;

    /// <summary>Where the block that begins at <paramref name="begin"/> ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Stop(int begin, int terms) => terms - begin < Length ? terms : begin + Length;

    /// <summary>What a block's sum begins at: the first at <paramref name="start"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Begin<T, TView>(int begin, T start) where T : struct, ILanes<T, TView> where TView : struct =>
        begin == 0 ? start : T.Splat(0f);

    /// <summary>The total after a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Close<T, TView>(int begin, T total, T block) where T : struct, ILanes<T, TView> where TView : struct =>
        begin == 0 ? block : T.Add(total, block);

    /// <summary>The total after a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Close(int begin, float total, float block) => begin == 0 ? block : total + block;

    /// <summary>Σ a[ia + k]·b[ib + k] over count terms, from 0, ascending.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot<T, TView>(TView a, int ia, TView b, int ib, int count) where T : struct, ILanes<T, TView> where TView : struct
    {
        float total = 0f;
        for (int begin = 0; begin < count; begin += Length)
        {
            int stop = Stop(begin, count);
            float p = 0f;
            for (int k = begin; k < stop; k++) p = Rounding.Fma(T.Get(a, ia + k), T.Get(b, ib + k), p);
            total = Close(begin, total, p);
        }
        return total;
    }
}
