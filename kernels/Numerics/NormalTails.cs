using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Numerics;

/// <summary>Tails of the standard normal distribution, which GELU needs, on lanes and with the same bits everywhere.</summary>
/// <remarks>
/// Φ(-a) = ½·erfc(a/√2) = e^(-a²/2)·G(a) for a ≥ 0. G(a)·(a + 3) is smooth on [0, ∞), so it is a polynomial in t = (a - 3)/(a + 3): a
/// Chebyshev interpolation computed with 40 digits up to a = 16, with a relative error of 4·10⁻⁹. The change of variable is that of
/// Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x)exp(x²)erfc x in 0 ≤ x &lt; ∞", 1981. Beyond a = 14.3 Φ(-a) is 0 in
/// float32.
/// </remarks>
public static class NormalTails
{
    const float InverseRootTwoPi = 0.39894228f, Beyond = 16f;

    /// <summary>Φ(-|x|) = ½·erfc(|x|/√2), within 5 ulp where the result is not subnormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T a = Magnitude<T, TView>(x);
        return T.Multiply(HalfSquareExponential<T, TView>(a), Ratio<T, TView>(a));
    }

    /// <summary>Φ(-a) - a·φ(a) for a = |x|: the derivative of x·Φ(x) at -a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Slope<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T a = Magnitude<T, TView>(x);
        T ratio = T.Fma(T.Negate(a), T.Splat(InverseRootTwoPi), Ratio<T, TView>(a));
        return T.Multiply(HalfSquareExponential<T, TView>(a), ratio);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Magnitude<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct
    {
        T a = T.SelectLess(x, T.Splat(0f), T.Negate(x), x), most = T.Splat(Beyond);
        return T.SelectGreater(a, most, most, a);
    }

    // e^(-a²/2), corrected for what the rounding of a²/2 loses, which would cost up to 100 ulp
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T HalfSquareExponential<T, TView>(T a) where T : struct, ILanes<T, TView> where TView : struct
    {
        T half = T.Multiply(a, T.Splat(0.5f)), square = T.Multiply(half, a), lost = T.Fma(half, a, T.Negate(square));
        T e = Exponentials.Exp<T, TView>(T.Negate(square));
        return T.Fma(T.Negate(lost), e, e);
    }

    // G(a) = e^(a²/2)·Φ(-a)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Ratio<T, TView>(T a) where T : struct, ILanes<T, TView> where TView : struct
    {
        T d = T.Divide(T.Splat(1f), T.Add(a, T.Splat(3f))), t = T.Fma(d, T.Splat(-6f), T.Splat(1f));
        T p = T.Fma(T.Splat(5.565083120e-5f), t, T.Splat(1.334795961e-4f));
        p = T.Fma(p, t, T.Splat(-2.450018073e-4f));
        p = T.Fma(p, t, T.Splat(-1.034782152e-3f));
        p = T.Fma(p, t, T.Splat(1.024294761e-3f));
        p = T.Fma(p, t, T.Splat(6.970081478e-3f));
        p = T.Fma(p, t, T.Splat(-1.046231017e-2f));
        p = T.Fma(p, t, T.Splat(-4.726279154e-2f));
        p = T.Fma(p, t, T.Splat(2.300176769e-1f));
        p = T.Fma(p, t, T.Splat(-5.093320012e-1f));
        p = T.Fma(p, t, T.Splat(7.290837169e-1f));
        return T.Multiply(p, d);
    }
}
