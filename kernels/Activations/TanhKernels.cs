using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Activations;

/// <summary>tanh x; tanh′ = 4u / (1 + u)² with u = e^(-2|x|), which keeps its accuracy where 1 - tanh² would cancel.</summary>
public readonly struct Tanh : IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct =>
        Exponentials.Tanh<T, TView>(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct
    {
        T down = T.SelectLess(x, T.Splat(0f), x, T.Negate(x));
        T u = Exponentials.Exp<T, TView>(T.Add(down, down)), d = T.Add(T.Splat(1f), u);
        return T.Multiply(dy, T.Divide(T.Multiply(T.Splat(4f), u), T.Multiply(d, d)));
    }
}
