using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.SelfTest;

/// <summary>
/// Every operation of the lanes on n triples of operands (n,3): results (n,15), for a host to compare with its own, bit for bit.
/// </summary>
public readonly struct Arithmetic<TView>(TView operands, TView results, int n) : IOp<TView> where TView : struct
{
    /// <summary>Results of one triple a, b, c, in this order: see the body.</summary>
    public const int Sum = 0, Difference = 1, Product = 2, Fused = 3, ProductThenSum = 4, ProductThenDifference = 5, Quotient = 6, Root = 7,
        PowerOfTwo = 8, Exponent = 9, Mantissa = 10, Less = 11, LessOrEqual = 12, Maximum = 13, Integer = 14, Count = 15;

    /// <inheritdoc/>
    public int Items(int width) => n;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride)
        {
            int at = item * Count;
            T a = T.Splat(T.Get(operands, 3 * item)), b = T.Splat(T.Get(operands, 3 * item + 1)), c = T.Splat(T.Get(operands, 3 * item + 2));
            T.Store(results, at + Sum, T.Add(a, b), 1);
            T.Store(results, at + Difference, T.Subtract(a, b), 1);
            T.Store(results, at + Product, T.Multiply(a, b), 1);
            T.Store(results, at + Fused, T.Fma(a, b, c), 1);
            T.Store(results, at + ProductThenSum, T.Add(T.Multiply(a, b), c), 1);
            T.Store(results, at + ProductThenDifference, T.Subtract(c, T.Multiply(a, b)), 1);
            T.Store(results, at + Quotient, T.Divide(a, b), 1);
            T.Store(results, at + Root, T.Sqrt(a), 1);
            T.Store(results, at + PowerOfTwo, T.PowerOfTwo(a), 1);
            T.Store(results, at + Exponent, T.Exponent(a), 1);
            T.Store(results, at + Mantissa, T.Mantissa(a), 1);
            T.Store(results, at + Less, T.SelectLess(a, b, c, T.Negate(a)), 1);
            T.Store(results, at + LessOrEqual, T.SelectLessOrEqual(a, b, c, T.Negate(a)), 1);
            T.Store(results, at + Maximum, T.Max(a, b), 1);
            T.SetInt(results, at + Integer, T.GetInt(operands, 3 * item) * 1664525 + 1013904223);
        }
    }
}
