using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>
/// torch.optim.Adam, or AdamW where weight decay is decoupled. Adam: g = dw + decay·w. AdamW: w *= 1 - rate·decay. Then both:
/// m += (1 - β₁)·(g - m); v = β₂·v + (1 - β₂)·g²; w -= rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε).
/// </summary>
public readonly struct Adam : IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Move<T, TView>(
        TView w, TView dw, TView states, OptimizerNumbers run, StepNumbers step, int n, int first, int end, int stride)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        T fresh1 = T.Splat(1f - run.Keep1), keep2 = T.Splat(run.Keep2), fresh2 = T.Splat(1f - run.Keep2);
        T down = T.Splat(-Rounding.Multiply(step.Rate, step.Correction)), root = T.Splat(step.Root), epsilon = T.Splat(run.Epsilon);
        bool decoupled = run.Decoupled != 0;
        T shrink = T.Splat(decoupled ? 1f - Rounding.Multiply(step.Rate, step.Decay) : 1f);
        var penalty = new Regularization<T, TView>(decoupled ? 0f : step.Decay, step.L1);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T value = T.Multiply(shrink, T.Load(w, i)), g = penalty.Add(value, T.Load(dw, i)), mean = T.Load(states, i);
            mean = T.Fma(fresh1, T.Subtract(g, mean), mean);
            T square = T.Fma(keep2, T.Load(states, n + i), T.Multiply(fresh2, T.Multiply(g, g)));
            T.Store(states, i, mean, n - i);
            T.Store(states, n + i, square, n - i);
            T move = T.Divide(mean, T.Add(T.Divide(T.Sqrt(square), root), epsilon));
            T.Store(w, i, T.Fma(down, move, value), n - i);
        }
    }
}
