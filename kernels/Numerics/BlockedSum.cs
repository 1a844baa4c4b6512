using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Numerics;

/// <summary>
/// Long sums, in blocks of 256 terms. The first block starts at a start value, later ones at 0; the blocks' results are added in order. So
/// a product can be packed, tiled, split over its terms, or kept in memory between two blocks, without a change to its bits.
/// </summary>
/// <remarks>
/// The result of a float32 sum depends on the order of its terms. Since every device and every engine has to give the same bits, each op
/// has one fixed order, and only this class and <see cref="StridedSum"/> know the numbers in it. The table calls the orders A, S and S1. A
/// is ascending: fused multiply-adds (plain additions in db) in blocks, from a start value or 0. S is <see cref="StridedSum"/>: per block
/// sixteen partial sums and a tree. S1 is the same in a single block, for any number of terms.
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
/// A loop over the terms is <c>for (begin = 0; begin &lt; count; begin += Length)</c>, with Begin, Stop and Close around its own steps.
/// </remarks>
public static class BlockedSum
{
    /// <summary>Terms of a block.</summary>
    public const int Length = 256;

    /// <summary>The number of blocks of a sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Count(int terms) => (terms + Length - 1) / Length;

    /// <summary>The number of blocks of a sum.</summary>
    public static long Count(long terms) => (terms + Length - 1) / Length;

    /// <summary>The end (exclusive) of the block that begins at <paramref name="begin"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Stop(int begin, int terms) => terms - begin < Length ? terms : begin + Length;

    /// <summary>Where the sum of a block starts: at <paramref name="start"/> in the first block, at 0 in later ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Begin<T, TView>(int begin, T start) where T : struct, ILanes<T, TView> where TView : struct =>
        begin == 0 ? start : T.Splat(0f);

    /// <summary>The total after the block that began at <paramref name="begin"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Close<T, TView>(int begin, T total, T block) where T : struct, ILanes<T, TView> where TView : struct =>
        begin == 0 ? block : T.Add(total, block);

    /// <summary>The total after the block that began at <paramref name="begin"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Close(int begin, float total, float block) => begin == 0 ? block : total + block;

    /// <summary>Σ a[ia + k]·b[ib + k] over count terms in ascending blocks, from 0.</summary>
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

    /// <summary>Σ a[k] over count terms in ascending blocks, from 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum<T, TView>(TView a, int count) where T : struct, ILanes<T, TView> where TView : struct
    {
        float total = 0f;
        for (int begin = 0; begin < count; begin += Length)
        {
            int stop = Stop(begin, count);
            float p = 0f;
            for (int k = begin; k < stop; k++) p += T.Get(a, k);
            total = Close(begin, total, p);
        }
        return total;
    }
}
