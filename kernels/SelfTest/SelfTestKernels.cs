using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.SelfTest;

/// <summary>
/// Every operation of the lanes on n triples of operands (n,3): results (n,18), for a host to compare with its own, bit for bit.
/// </summary>
public readonly struct Arithmetic<TView>(TView operands, TView results, int n) : IOp<TView> where TView : struct
{
    /// <summary>Results of one triple a, b, c, in this order: see the body.</summary>
    public const int Sum = 0, Difference = 1, Product = 2, Fused = 3, ProductThenSum = 4, ProductThenDifference = 5, Quotient = 6, Root = 7,
        PowerOfTwo = 8, Exponent = 9, Mantissa = 10, Less = 11, LessOrEqual = 12, Maximum = 13, ConstantLess = 14, ConstantLessOrEqual = 15, ConstantMaximum = 16,
        Integer = 17, Count = 18;

    /// <inheritdoc/>
    public int Items(int width) => n;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride)
        {
            T a = T.Splat(T.Get(operands, 3 * item)), b = T.Splat(T.Get(operands, 3 * item + 1)), c = T.Splat(T.Get(operands, 3 * item + 2));
            Store(results, item * Count, 1, 1, a, b, c);
            T.SetInt(results, item * Count + Integer, T.GetInt(operands, 3 * item) * 1664525 + 1013904223);
        }
    }

    // all results but the integer: result r of the first count lanes from at + r * step on
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(TView results, int at, int step, int count, T a, T b, T c) where T : struct, ILanes<T, TView>
    {
        T.Store(results, at + Sum * step, T.Add(a, b), count);
        T.Store(results, at + Difference * step, T.Subtract(a, b), count);
        T.Store(results, at + Product * step, T.Multiply(a, b), count);
        T.Store(results, at + Fused * step, T.Fma(a, b, c), count);
        T.Store(results, at + ProductThenSum * step, T.Add(T.Multiply(a, b), c), count);
        T.Store(results, at + ProductThenDifference * step, T.Subtract(c, T.Multiply(a, b)), count);
        T.Store(results, at + Quotient * step, T.Divide(a, b), count);
        T.Store(results, at + Root * step, T.Sqrt(a), count);
        T.Store(results, at + PowerOfTwo * step, T.PowerOfTwo(a), count);
        T.Store(results, at + Exponent * step, T.Exponent(a), count);
        T.Store(results, at + Mantissa * step, T.Mantissa(a), count);
        T.Store(results, at + Less * step, T.SelectLess(a, b, c, T.Negate(a)), count);
        T.Store(results, at + LessOrEqual * step, T.SelectLessOrEqual(a, b, c, T.Negate(a)), count);
        T.Store(results, at + Maximum * step, T.Max(a, b), count);
        // compilers move a constant to the other side of a comparison
        T.Store(results, at + ConstantLess * step, T.SelectLess(T.Splat(1f), a, c, b), count);
        T.Store(results, at + ConstantLessOrEqual * step, T.SelectLessOrEqual(T.Splat(1f), a, c, b), count);
        T.Store(results, at + ConstantMaximum * step, T.Max(T.Splat(0f), a), count);
    }
}

/// <summary>
/// <see cref="Arithmetic{TView}"/> for a device whose groups compute in wide lanes as well: what it does, and after that the same with the
/// triples side by side in the lanes, from operands (3,n) into results (18,n) but for the integers.
/// </summary>
public readonly struct WideArithmetic<TView>(TView operands, TView results, int n) : IGroupOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Groups => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier
    {
        new Arithmetic<TView>(operands, results, n).Run<TScalar>(lane, n, lanes);
        for (int item = lane * T.Width; item < n; item += lanes * T.Width)
        {
            T a = T.Load(operands, 3 * n + item), b = T.Load(operands, 4 * n + item), c = T.Load(operands, 5 * n + item);
            Arithmetic<TView>.Store(results, Arithmetic<TView>.Count * n + item, n, n - item, a, b, c);
        }
    }
}

/// <summary>Counts how many turns of a loop a device makes in one thread: counts (2) are the turns made and what came of them.</summary>
public readonly struct LoopTurns<TView>(TView counts, int turns) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => 1;

    /// <inheritdoc/>
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        if (first == 0) LoopWatch.Count<T, TView>(counts, 0, turns);
    }
}
