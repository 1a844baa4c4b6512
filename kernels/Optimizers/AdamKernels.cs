using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>The numbers of one step of Adam.</summary>
/// <param name="Beta1">Share of the first moment that stays.</param>
/// <param name="Beta2">Share of the second moment that stays.</param>
/// <param name="Rate">Learning rate / (1 - β₁ᵗ).</param>
/// <param name="Root">√(1 - β₂ᵗ).</param>
/// <param name="Epsilon">What keeps the denominator from 0.</param>
/// <param name="Decay">Weight decay that is added to the gradient (Adam).</param>
/// <param name="Shrink">What weights are multiplied by first: 1, or 1 - rate · weight decay (AdamW).</param>
public readonly record struct AdamNumbers(float Beta1, float Beta2, float Rate, float Root, float Epsilon, float Decay, float Shrink)
{
    /// <summary>The numbers of a step from what holds for the run and what changes; every rounding is named, so devices agree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdamNumbers Of(OptimizerNumbers run, StepNumbers step) => new(
        run.Momentum, run.Beta2, Rounding.Multiply(step.Rate, step.Correction), step.Root, run.Epsilon,
        run.Decoupled != 0 ? 0f : step.Decay,
        run.Decoupled != 0 ? 1f - Rounding.Multiply(step.Rate, step.Decay) : 1f);
}

/// <summary>
/// One step of torch.optim.Adam or AdamW over n parameters: w *= shrink; g = dw + decay·w; m += (1 - β₁)·(g - m);
/// v = β₂·v + (1 - β₂)·g²; w -= rate·m / (√v / root + ε).
/// </summary>
public readonly struct AdamStep<TView>(TView w, TView dw, TView m, TView v, AdamNumbers numbers, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T fresh1 = T.Splat(1f - numbers.Beta1), keep2 = T.Splat(numbers.Beta2), fresh2 = T.Splat(1f - numbers.Beta2);
        T down = T.Splat(-numbers.Rate), root = T.Splat(numbers.Root), epsilon = T.Splat(numbers.Epsilon);
        T decay = T.Splat(numbers.Decay), shrink = T.Splat(numbers.Shrink);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T value = T.Multiply(shrink, T.Load(w, i)), g = T.Fma(decay, value, T.Load(dw, i)), mean = T.Load(m, i);
            mean = T.Fma(fresh1, T.Subtract(g, mean), mean);
            T square = T.Fma(keep2, T.Load(v, i), T.Multiply(fresh2, T.Multiply(g, g)));
            T.Store(m, i, mean, n - i);
            T.Store(v, i, square, n - i);
            T move = T.Divide(mean, T.Add(T.Divide(T.Sqrt(square), root), epsilon));
            T.Store(w, i, T.Fma(down, move, value), n - i);
        }
    }
}

/// <summary><see cref="AdamStep{TView}"/>, or AdamW's, as a part of a larger kernel.</summary>
public readonly struct Adam : IOptimizer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, int first, TView room, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier
    {
        var op = new AdamStep<TView>(w, dw, T.From(states, first), T.From(states, first + n), AdamNumbers.Of(run, step), n);
        op.Run<T>(lane, op.Items(T.Width), lanes);
    }
}
