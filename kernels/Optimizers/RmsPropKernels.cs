using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>torch.optim.RMSprop: g = dw + decay·w; v = alpha·v + (1 - alpha)·g²; w -= rate·g / (√v + ε).</summary>
public readonly struct RmsProp : IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Move<T, TView>(T value, T gradient, TView states, int i, int n, OptimizerNumbers run, StepNumbers step)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        T g = Regularization.Add<T, TView>(value, gradient, step.Decay, step.L1);
        T square = T.Fma(T.Splat(run.Keep2), T.Load(states, i), T.Multiply(T.Splat(1f - run.Keep2), T.Multiply(g, g)));
        T.Store(states, i, square, n - i);
        return T.Fma(T.Splat(-step.Rate), T.Divide(g, T.Add(T.Sqrt(square), T.Splat(run.Epsilon))), value);
    }
}
