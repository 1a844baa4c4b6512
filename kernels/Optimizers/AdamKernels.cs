using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>
/// torch.optim.Adam, or AdamW where weight decay is decoupled: w *= 1 - rate·decay (AdamW); g = dw + decay·w (Adam);
/// m += (1 - β₁)·(g - m); v = β₂·v + (1 - β₂)·g²; w -= rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε).
/// </summary>
public readonly struct Adam : IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Move<T, TView>(T value, T gradient, TView states, int i, int n, OptimizerNumbers run, StepNumbers step)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        bool decoupled = run.Decoupled != 0;
        value = T.Multiply(T.Splat(decoupled ? 1f - Rounding.Multiply(step.Rate, step.Decay) : 1f), value);
        T g = Regularization.Add<T, TView>(value, gradient, decoupled ? 0f : step.Decay, step.L1), mean = T.Load(states, i);
        mean = T.Fma(T.Splat(1f - run.Keep1), T.Subtract(g, mean), mean);
        T square = T.Fma(T.Splat(run.Keep2), T.Load(states, n + i), T.Multiply(T.Splat(1f - run.Keep2), T.Multiply(g, g)));
        T.Store(states, i, mean, n - i);
        T.Store(states, n + i, square, n - i);
        T move = T.Divide(mean, T.Add(T.Divide(T.Sqrt(square), T.Splat(step.Root)), T.Splat(run.Epsilon)));
        return T.Fma(T.Splat(-Rounding.Multiply(step.Rate, step.Correction)), move, value);
    }
}
