using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.SelfTest;

/// <summary>
/// Applies every operation of the lanes to n triples of operands (n,3). The host compares the results (n,18) with its own, bit for bit.
/// </summary>
public readonly struct Arithmetic<TView>(TView operands, TView results, int n) : IOp<TView> where TView : struct
{
    /// <summary>The columns of the results of one triple a, b, c; the body says what each is.</summary>
    public const int Sum = 0, Difference = 1, Product = 2, Fused = 3, ProductThenSum = 4, ProductThenDifference = 5, Quotient = 6, Root = 7,
        PowerOfTwo = 8, Exponent = 9, Mantissa = 10, Less = 11, LessOrEqual = 12, Maximum = 13,
        ConstantGreater = 14, ConstantLessOrEqual = 15, ConstantMaximum = 16, Integer = 17, Count = 18;

    /// <inheritdoc/>
    public int Items(int width) => n;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride)
        {
            int at = 3 * item;
            T a = T.Splat(T.Get(operands, at)), b = T.Splat(T.Get(operands, at + 1)), c = T.Splat(T.Get(operands, at + 2));
            Store(results, item * Count, 1, 1, a, b, c);
            T.SetInt(results, item * Count + Integer, T.GetInt(operands, 3 * item) * 1664525 + 1013904223);
        }
    }

    // stores all results but the integer: the first count lanes of result r start at at + r * step
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
        // with a constant operand, where a compiler may take another comparison
        T.Store(results, at + ConstantGreater * step, T.SelectGreater(a, T.Splat(1f), c, b), count);
        T.Store(results, at + ConstantLessOrEqual * step, T.SelectLessOrEqual(a, T.Splat(1f), c, b), count);
        T.Store(results, at + ConstantMaximum * step, T.Max(T.Splat(0f), a), count);
    }
}

/// <summary>
/// <see cref="Arithmetic{TView}"/> for devices whose groups also compute in wide vectors. It first does the same; then it does it again
/// with one triple per lane of a vector, from operands (3,n) into results (18,n), without the integers.
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

/// <summary>
/// Counts the loop iterations that a device makes in one thread: counts (2) are the iterations made and the loop's result.
/// </summary>
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
