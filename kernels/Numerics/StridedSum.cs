using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Numerics;

/// <summary>
/// Sums of many terms into one number. Term k is added to partial sum k mod 16, in ascending order; then the partial sums are added as a
/// tree 8-4-2-1 (partial j + partial j + 8, and so on down). <see cref="BlockedSum"/> lists the ops that sum in this order.
/// </summary>
/// <remarks>
/// Sixteen partial sums fill one 512-bit register, two of 256 bits, four of 128 or sixteen scalars, so no width has to shuffle.
/// </remarks>
public static class StridedSum
{
    /// <summary>Partial sums of a block.</summary>
    public const int Partials = 16;

    /// <summary>The number of additions from a partial sum to the root of the tree.</summary>
    public const int TreeDepth = 4;

    /// <summary>Σ a[ia + k]·b[ib + k] over count terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot<T, TView>(TView a, int ia, TView b, int ib, int count)
        where T : struct, ILanes<T, TView> where TView : struct =>
        T.Width > 1 && count <= BlockedSum.Length
            ? DotBlock<T, TView>(a, ia, b, ib, count)
            : DotBlocks<T, TView>(a, ia, b, ib, count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float DotBlocks<T, TView>(TView a, int ia, TView b, int ib, int count) where T : struct, ILanes<T, TView> where TView : struct
    {
        // one call only, inside the loop: a device's compiler copies the block's long code to every place that calls it
        float total = 0f;
        for (int begin = 0; begin < count; begin += BlockedSum.Length)
            total = BlockedSum.Close(begin, total, DotBlock<T, TView>(a, ia + begin, b, ib + begin, BlockedSum.Stop(begin, count) - begin));
        return total;
    }

    /// <summary>Σ a[ia + k] over count terms, in one block for any count.</summary>
    public static float Sum<T, TView>(TView a, int ia, int count) where T : struct, ILanes<T, TView> where TView : struct
    {
        if (T.Width == 1) return SumScalar<T, TView>(a, ia, count);
        T p0 = T.Splat(0f), p1 = p0, p2 = p0, p3 = p0, one = T.Splat(1f);
        for (int k = 0; k < count; k += Partials)
        {
            int left = count - k;
            p0 = Term<T, TView>(T.Load(a, ia + k), one, p0, left);
            if (T.Width <= 8) p1 = Term<T, TView>(T.Load(a, ia + k + T.Width), one, p1, left - T.Width);
            if (T.Width <= 4) p2 = Term<T, TView>(T.Load(a, ia + k + 8), one, p2, left - 8);
            if (T.Width <= 4) p3 = Term<T, TView>(T.Load(a, ia + k + 12), one, p3, left - 12);
        }
        return Tree<T, TView>(p0, p1, p2, p3);
    }

    /// <summary>Σ a[ia + k]·b[ib + k] over the terms of one block; count is at most <see cref="BlockedSum.Length"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float DotBlock<T, TView>(TView a, int ia, TView b, int ib, int count)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        if (T.Width == 1) return T.First(Dots<T, TView>(a, ia, 1, b, ib, count));
        T p0 = T.Splat(0f), p1 = p0, p2 = p0, p3 = p0;
        int k = 0;
        for (; k + Partials <= count; k += Partials)
        {
            p0 = T.Fma(T.Load(a, ia + k), T.Load(b, ib + k), p0);
            if (T.Width <= 8) p1 = T.Fma(T.Load(a, ia + k + T.Width), T.Load(b, ib + k + T.Width), p1);
            if (T.Width <= 4) p2 = T.Fma(T.Load(a, ia + k + 8), T.Load(b, ib + k + 8), p2);
            if (T.Width <= 4) p3 = T.Fma(T.Load(a, ia + k + 12), T.Load(b, ib + k + 12), p3);
        }
        if (k < count)
        {
            int left = count - k;
            p0 = Term<T, TView>(T.Load(a, ia + k), T.Load(b, ib + k), p0, left);
            if (T.Width <= 8) p1 = Term<T, TView>(T.Load(a, ia + k + T.Width), T.Load(b, ib + k + T.Width), p1, left - T.Width);
            if (T.Width <= 4) p2 = Term<T, TView>(T.Load(a, ia + k + 8), T.Load(b, ib + k + 8), p2, left - 8);
            if (T.Width <= 4) p3 = Term<T, TView>(T.Load(a, ia + k + 12), T.Load(b, ib + k + 12), p3, left - 12);
        }
        return Tree<T, TView>(p0, p1, p2, p3);
    }

    // lanes past the last term keep their partial sum: the memory there belongs to another array
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Term<T, TView>(T a, T b, T p, int left) where T : struct, ILanes<T, TView> where TView : struct =>
        T.SelectLess(T.Indices, T.Splat(left), T.Fma(a, b, p), p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Tree<T, TView>(T p0, T p1, T p2, T p3) where T : struct, ILanes<T, TView> where TView : struct
    {
        if (T.Width == 16) return T.Tree(p0);
        if (T.Width == 8) return T.Tree(T.Add(p0, p1));
        return T.Tree(T.Add(T.Add(p0, p2), T.Add(p1, p3)));
    }

    /// <summary>The number of partial sums of a product of count terms: sixteen per block.</summary>
    public static int PartialSums(int count) => Partials * BlockedSum.Count(count);

    /// <summary>Bit-reversed q (0, 8, 4, 12, 2, …): the order of partial sums in which each can be added to the tree at once.</summary>
    /// <remarks>A table of sixteen entries: compilers turn shifts and masks into an instruction that not every driver has.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DepthFirst(int q) => (int)(0x_F7B3_D591_E6A2_C480UL >> 4 * q) & 15;

    /// <summary>Partial sum number q of a product, for groups whose lanes compute different partial sums.</summary>
    public static float Partial<T, TView>(TView a, int ia, TView b, int ib, int q, int count)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        int block = q / Partials, begin = block * BlockedSum.Length, stop = BlockedSum.Stop(begin, count);
        float p = 0f;
        for (int k = begin + q - Partials * block; k < stop; k += Partials) p = Rounding.Fma(T.Get(a, ia + k), T.Get(b, ib + k), p);
        return p;
    }

    /// <summary>
    /// The total of count partial sums that lie in memory: per block the tree over its sixteen, then the blocks in order.
    /// </summary>
    public static float Total<T, TView>(TView p, int at, int count) where T : struct, ILanes<T, TView> where TView : struct
    {
        float total = Tree<T, TView>(p, at);
        for (int k = Partials; k < count; k += Partials) total += Tree<T, TView>(p, at + k);
        return total;
    }

    /// <summary>The total of the sixteen partial sums of one block that a view begins with, at a multiple of 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float TotalOfBlock<T, TView>(TView p) where T : struct, ILanes<T, TView> where TView : struct =>
        Total(new Eight(T.GetFour(p, 0), T.GetFour(p, 4)), new Eight(T.GetFour(p, 8), T.GetFour(p, 12)));

    /// <summary>The total of the first eight and the last eight partial sums of one block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Total(Eight first, Eight last)
    {
        Eight s = Eight.Add(first, last);
        return s.V0 + s.V4 + (s.V2 + s.V6) + (s.V1 + s.V5 + (s.V3 + s.V7));
    }

    static float Tree<T, TView>(TView p, int at) where T : struct, ILanes<T, TView> where TView : struct
    {
        float s0 = Four<T, TView>(p, at) + Four<T, TView>(p, at + 2);
        return s0 + (Four<T, TView>(p, at + 1) + Four<T, TView>(p, at + 3));
    }

    static float Four<T, TView>(TView p, int at) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Get(p, at) + T.Get(p, at + 8) + (T.Get(p, at + 4) + T.Get(p, at + 12));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float SumScalar<T, TView>(TView a, int ia, int count) where T : struct, ILanes<T, TView> where TView : struct
    {
        // in bit-reversed order, so that the tree needs a handful of partial sums at a time instead of sixteen
        float s0 = Pairs<T, TView>(a, ia, 0, count) + Pairs<T, TView>(a, ia, 2, count);
        return s0 + (Pairs<T, TView>(a, ia, 1, count) + Pairs<T, TView>(a, ia, 3, count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Pairs<T, TView>(TView a, int ia, int j, int count) where T : struct, ILanes<T, TView> where TView : struct =>
        Strided<T, TView>(a, ia, j, count) + Strided<T, TView>(a, ia, j + 8, count)
        + (Strided<T, TView>(a, ia, j + 4, count) + Strided<T, TView>(a, ia, j + 12, count));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Strided<T, TView>(TView a, int ia, int j, int count) where T : struct, ILanes<T, TView> where TView : struct
    {
        float p = 0f;
        for (int k = j; k < count; k += Partials) p += T.Get(a, ia + k);
        return p;
    }

    /// <summary>One sum per lane: Σ a[ia + k·step + lane]·b[ib + k] over the terms of one block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Dots<T, TView>(TView a, int ia, int step, TView b, int ib, int count)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        T even = T.Add(Quarter<T, TView>(a, ia, step, b, ib, 0, count), Quarter<T, TView>(a, ia, step, b, ib, 2, count));
        T odd = T.Add(Quarter<T, TView>(a, ia, step, b, ib, 1, count), Quarter<T, TView>(a, ia, step, b, ib, 3, count));
        return T.Add(even, odd);
    }

    // the sum of the partial sums j, j + 8, j + 4 and j + 12, computed at once so that four chains of additions overlap
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T Quarter<T, TView>(TView a, int ia, int step, TView b, int ib, int j, int count)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        T p = T.Splat(0f), q = p, r = p, s = p;
        for (int k = j; k < count; k += Partials)
        {
            p = T.Fma(T.Load(a, ia + k * step), T.Splat(T.Get(b, ib + k)), p);
            if (k + 8 < count) q = T.Fma(T.Load(a, ia + (k + 8) * step), T.Splat(T.Get(b, ib + k + 8)), q);
            if (k + 4 < count) r = T.Fma(T.Load(a, ia + (k + 4) * step), T.Splat(T.Get(b, ib + k + 4)), r);
            if (k + 12 < count) s = T.Fma(T.Load(a, ia + (k + 12) * step), T.Splat(T.Get(b, ib + k + 12)), s);
        }
        return T.Add(T.Add(p, q), T.Add(r, s));
    }
}
