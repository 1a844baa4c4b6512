using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Numerics;

/// <summary>exp, log, tanh, sigmoid and softplus as polynomials on lanes, within 2 ulp and with the same bits everywhere.</summary>
/// <remarks>
/// The reductions are the classical ones (Cody and Waite, Software Manual for the Elementary Functions, 1980). The polynomial
/// coefficients of exp, log and tanh are those of the Cephes library, single precision (S. L. Moshier, expf, logf, tanhf).
/// </remarks>
public static class Exponentials
{
    const float Log2E = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;
    const float Magic = 12582912f;                      // 1.5 · 2²³: adding it rounds x to an integer, in the low bits of the sum

    /// <summary>eˣ: 0 below -104, +∞ above 88.73, NaN for NaN; subnormal results are kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        ExpBelow89<T, TView>(T.SelectGreater(x, T.Splat(89f), T.Splat(89f), x));

    // exp without the case of overflow: x has to be below about 89, so that n fits the exponents
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T ExpBelow89<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        x = T.SelectLess(x, T.Splat(-104f), T.Splat(-104f), x);
        T n = T.Subtract(T.Fma(x, T.Splat(Log2E), T.Splat(Magic)), T.Splat(Magic));
        T r = T.Fma(n, T.Splat(-Ln2Low), T.Fma(n, T.Splat(-Ln2High), x));
        T p = T.Add(ExpMinusOneNear0<T, TView>(r), T.Splat(1f));
        // 2ⁿ as two factors: n runs from -150 to 128, which is more than the exponent of one float can hold
        T half = T.Fma(n, T.Splat(0.5f), T.Splat(Magic + 127f));
        T rest = T.Add(T.Subtract(n, T.Subtract(half, T.Splat(Magic + 127f))), T.Splat(Magic + 127f));
        return T.Multiply(T.Multiply(p, T.PowerOfTwo(half)), T.PowerOfTwo(rest));
    }

    // eʳ - 1 for |r| ≤ ½·ln 2, with the terms in pairs (Estrin): that halves the chain of dependent operations that every step waits for
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T ExpMinusOneNear0<T, TView>(T r) where T : struct, ILanes<T, TView> where TView : struct
    {
        T square = T.Multiply(r, r);
        T high = T.Fma(T.Splat(1.9875691500e-4f), r, T.Splat(1.3981999507e-3f));
        T p = T.Fma(high, square, T.Fma(T.Splat(8.3334519073e-3f), r, T.Splat(4.1665795894e-2f)));
        p = T.Fma(p, square, T.Fma(T.Splat(1.6666665459e-1f), r, T.Splat(5.0000001201e-1f)));
        return T.Fma(p, square, r);
    }

    /// <summary>eˣ - 1 for x ≤ 0, within 2 ulp also near 0; NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ExpMinusOneBelow0<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        x = T.SelectLess(x, T.Splat(-80f), T.Splat(-80f), x);                                 // -1 long before that; keeps 2ⁿ normal
        T n = T.Subtract(T.Fma(x, T.Splat(Log2E), T.Splat(Magic)), T.Splat(Magic));
        T r = T.Fma(n, T.Splat(-Ln2Low), T.Fma(n, T.Splat(-Ln2High), x));
        T power = T.PowerOfTwo(T.Add(n, T.Splat(Magic + 127f)));
        return T.Fma(power, ExpMinusOneNear0<T, TView>(r), T.Subtract(power, T.Splat(1f)));
    }

    /// <summary>ln x: -∞ at 0, NaN below 0, +∞ for +∞, NaN for NaN; also for subnormals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Log<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T smallest = T.Splat(1.17549435e-38f);
        T scaled = T.SelectLess(x, smallest, T.Multiply(x, T.Splat(8388608f)), x);            // 2²³ makes subnormals normal
        T n = T.Subtract(T.Exponent(scaled), T.SelectLess(x, smallest, T.Splat(23f), T.Splat(0f)));
        T f = T.Subtract(T.Mantissa(scaled), T.Splat(1f));
        T y = LogOfOnePlus<T, TView>(f, n);
        T zero = T.Splat(0f);
        y = T.SelectGreater(x, T.Splat(3.40282347e38f), x, y);
        y = T.SelectLessOrEqual(x, zero, T.SelectLess(x, zero, T.Splat(float.NaN), T.Splat(float.NegativeInfinity)), y);
        return T.SelectLessOrEqual(x, x, y, x);                                               // NaN is not ≤ itself
    }

    /// <summary>ln(1 + u) for u in [0, 1], or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T LogOnePlus<T, TView>(T u) where T : struct, ILanes<T, TView> where TView : struct
    {
        // 1 + u = 2·(1 + (u - 1)/2). This is exact, except for u below ½ on the second branch, where it costs half an ulp.
        T split = T.Splat(0.41421356f);
        T f = T.SelectGreater(u, split, T.Multiply(T.Subtract(u, T.Splat(1f)), T.Splat(0.5f)), u);
        return LogOfOnePlus<T, TView>(f, T.SelectGreater(u, split, T.Splat(1f), T.Splat(0f)));
    }

    // n·ln 2 + ln(1 + f), f in [√½ - 1, √2 - 1]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T LogOfOnePlus<T, TView>(T f, T n) where T : struct, ILanes<T, TView> where TView : struct
    {
        T p = T.Fma(T.Splat(7.0376836292e-2f), f, T.Splat(-1.1514610310e-1f));
        p = T.Fma(p, f, T.Splat(1.1676998740e-1f));
        p = T.Fma(p, f, T.Splat(-1.2420140846e-1f));
        p = T.Fma(p, f, T.Splat(1.4249322787e-1f));
        p = T.Fma(p, f, T.Splat(-1.6668057665e-1f));
        p = T.Fma(p, f, T.Splat(2.0000714765e-1f));
        p = T.Fma(p, f, T.Splat(-2.4999993993e-1f));
        p = T.Fma(p, f, T.Splat(3.3333331174e-1f));
        T square = T.Multiply(f, f);
        T y = T.Multiply(T.Multiply(p, f), square);
        y = T.Fma(n, T.Splat(Ln2Low), y);
        y = T.Fma(square, T.Splat(-0.5f), y);
        return T.Fma(n, T.Splat(Ln2High), T.Add(f, y));
    }

    /// <summary>tanh x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T zero = T.Splat(0f), one = T.Splat(1f);
        T a = T.SelectLess(x, zero, T.Negate(x), x);
        T big = T.Subtract(one, T.Divide(T.Splat(2f), T.Add(Exp<T, TView>(T.Add(a, a)), one)));
        big = T.SelectLess(x, zero, T.Negate(big), big);
        T s = T.Multiply(x, x);
        T p = T.Fma(T.Splat(-5.70498872745e-3f), s, T.Splat(2.06390887954e-2f));
        p = T.Fma(p, s, T.Splat(-5.37397155531e-2f));
        p = T.Fma(p, s, T.Splat(1.33314422036e-1f));
        p = T.Fma(p, s, T.Splat(-3.33332819422e-1f));
        T small = T.Fma(T.Fma(p, s, zero), x, x);                                             // p·s + 0 is never -0, so tanh(-0) is -0
        return T.SelectLess(a, T.Splat(0.625f), small, big);
    }

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ), computed by the sign of x so that neither tail cancels.</summary>
    /// <remarks>t - t·q with u = e^-|x|, q = u / (1 + u), and t = u or 1: where u is small the rounding of q hardly matters.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T one = T.Splat(1f), u = ExpOfNegativeMagnitude<T, TView>(x);
        T q = T.Divide(u, T.Add(one, u)), t = T.SelectLess(x, T.Splat(0f), u, one);
        return T.Fma(T.Negate(q), t, t);
    }

    /// <summary>σ(x) and σ(-x), both with the bits of <see cref="Sigmoid"/>, from one exponential and one division.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SigmoidPair<T> Sigmoids<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T one = T.Splat(1f), zero = T.Splat(0f), u = ExpOfNegativeMagnitude<T, TView>(x);
        T down = T.Negate(T.Divide(u, T.Add(one, u))), t = T.SelectLess(x, zero, u, one), s = T.SelectGreater(x, zero, u, one);
        return new SigmoidPair<T>(T.Fma(down, t, t), T.Fma(down, s, s));
    }

    /// <summary>σ(-|x|), the smaller of σ(x) and σ(-x) = 1 - σ(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SigmoidTail<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T u = ExpOfNegativeMagnitude<T, TView>(x);
        return T.Fma(T.Negate(T.Divide(u, T.Add(T.Splat(1f), u))), u, u);
    }

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Softplus<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T tail = LogOnePlus<T, TView>(ExpOfNegativeMagnitude<T, TView>(x));
        return T.Add(T.SelectLess(x, T.Splat(0f), T.Splat(0f), x), tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T ExpOfNegativeMagnitude<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        ExpBelow89<T, TView>(T.SelectLess(x, T.Splat(0f), x, T.Negate(x)));
}

/// <summary>σ(x) and σ(-x).</summary>
/// <param name="P">σ(x).</param>
/// <param name="Q">σ(-x).</param>
public readonly record struct SigmoidPair<T>(T P, T Q) where T : struct;
