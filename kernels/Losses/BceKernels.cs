using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Losses;

/// <summary>
/// The tutorial's binary cross-entropy on the logit z for labels y in {0, 1}. The loss is softplus(-z) for y = 1 and softplus(z) for y = 0.
/// With p = σ(z) and q = σ(-z) the gradient is -p·q / (p + 10⁻¹⁰) for y = 1 and p·q / (q + 10⁻¹⁰) for y = 0.
/// </summary>
public readonly struct Bce : ILoss
{
    const float Epsilon = 1e-10f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct =>
        Exponentials.Softplus<T, TView>(Case<T, TView>(y, T.Negate(z), z));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct
    {
        SigmoidPair<T> sigmoids = Exponentials.Sigmoids<T, TView>(z);
        T p = sigmoids.P, q = sigmoids.Q;
        T g = T.Divide(T.Multiply(p, q), T.Add(Case<T, TView>(y, p, q), T.Splat(Epsilon)));
        return Case<T, TView>(y, T.Negate(g), g);
    }

    /// <summary>The value one where the label is 1, the value zero where it is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Case<T, TView>(T y, T one, T zero) where T : struct, ILanes<T, TView> where TView : struct =>
        T.SelectGreater(y, T.Splat(0.5f), one, zero);
}

/// <summary>
/// PyTorch's BCELoss with its clamps, taken back through the sigmoid: the loss is min(softplus, 100), the gradient
/// d / max(p·q, 10⁻¹²) · p·q with d = p - y.
/// </summary>
public readonly struct BceTorch : ILoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct
    {
        T value = Bce.Value<T, TView>(z, y), limit = T.Splat(100f);
        return T.SelectGreater(value, limit, limit, value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct
    {
        SigmoidPair<T> sigmoids = Exponentials.Sigmoids<T, TView>(z);
        T p = sigmoids.P, q = sigmoids.Q;
        T pq = T.Multiply(p, q), floor = T.Splat(1e-12f);
        T d = Bce.Case<T, TView>(y, T.Negate(q), p);
        return T.Multiply(T.Divide(d, T.SelectLess(pq, floor, floor, pq)), pq);
    }
}

/// <summary>
/// PyTorch's BCEWithLogitsLoss: softplus(-z) or softplus(z). The gradient p - y is computed as p for y = 0 and as -q for y = 1.
/// </summary>
public readonly struct BceLogits : ILoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct => Bce.Value<T, TView>(z, y);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct
    {
        T signed = Bce.Case<T, TView>(y, T.Negate(z), z);
        T p = Exponentials.Sigmoid<T, TView>(signed);
        return Bce.Case<T, TView>(y, T.Negate(p), p);
    }
}

/// <summary>
/// The tutorial's binary cross-entropy on a probability p, for callers that have no logit: -ln(p + 10⁻¹⁰) for y = 1 and
/// -ln((1 - p) + 10⁻¹⁰) for y = 0, with the gradients -1 / (p + 10⁻¹⁰) and 1 / ((1 - p) + 10⁻¹⁰).
/// </summary>
public readonly struct BceOnProbability : ILoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Negate(Exponentials.Log<T, TView>(Guarded<T, TView>(z, y)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct
    {
        T g = T.Divide(T.Splat(1f), Guarded<T, TView>(z, y));
        return Bce.Case<T, TView>(y, T.Negate(g), g);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Guarded<T, TView>(T p, T y) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Add(Bce.Case<T, TView>(y, p, T.Subtract(T.Splat(1f), p)), T.Splat(1e-10f));
}
