using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>How an optimizer moves a parameter by its gradient.</summary>
public interface IUpdateRule
{
    /// <summary>
    /// Moves parameters w (n) by their gradients dw (n): the items first, first + stride, … below end, of T.Width parameters each.
    /// </summary>
    /// <remarks>The rule runs the loop itself, so that values that are the same for all parameters stay in registers.</remarks>
    /// <param name="w">The parameters, (n).</param>
    /// <param name="dw">Their gradients, (n).</param>
    /// <param name="states">
    /// The optimizer's state, 0 before the first step: up to <see cref="OptimizerNumbers.MostStates"/> arrays (n), one after the other.
    /// </param>
    /// <param name="run">Settings of the whole run.</param>
    /// <param name="step">Settings of this step.</param>
    /// <param name="n">The number of parameters.</param>
    /// <param name="first">The first item.</param>
    /// <param name="end">The end of the items (exclusive).</param>
    /// <param name="stride">The distance from one item to the next.</param>
    static abstract void Move<T, TView>(
        TView w, TView dw, TView states, OptimizerNumbers run, StepNumbers step, int n, int first, int end, int stride)
        where T : struct, ILanes<T, TView> where TView : struct;
}

/// <summary>An optimizer's settings for a whole run; each rule reads those it needs.</summary>
/// <param name="Keep1">The share of the first state that stays: momentum, or Adam's β₁.</param>
/// <param name="Keep2">The share of the mean square that stays: Adam's β₂, RMSprop's alpha.</param>
/// <param name="Epsilon">Added to the denominator so that it is never 0.</param>
/// <param name="Nesterov">1 for Nesterov's look-ahead.</param>
/// <param name="Decoupled">1 if weight decay shrinks the weights directly (AdamW).</param>
/// <param name="Clip">The largest norm of the gradients; larger ones are scaled down to it.</param>
public readonly record struct OptimizerNumbers(float Keep1, float Keep2, float Epsilon, int Nesterov, int Decoupled, float Clip)
{
    /// <summary>The most values that an optimizer keeps per parameter: Adam's two moments.</summary>
    public const int MostStates = 2;
}

/// <summary>An optimizer's settings in one step.</summary>
/// <param name="Rate">The learning rate, after the schedule.</param>
/// <param name="Decay">Weight decay: the share of a parameter that is added to its gradient.</param>
/// <param name="L1">The amount that is added to a gradient with the sign of its parameter.</param>
/// <param name="Correction">1 / (1 - β₁ᵗ).</param>
/// <param name="Root">√(1 - β₂ᵗ).</param>
public readonly record struct StepNumbers(float Rate, float Decay, float L1, float Correction, float Root)
{
    /// <summary>Floats per step in the table that a launch reads: the schedule's factor, Correction and Root.</summary>
    public const int TableRow = 3;
}

/// <summary>Adds weight decay and L1 to gradients.</summary>
public readonly struct Regularization<T, TView>(float decay, float l1) where T : struct, ILanes<T, TView> where TView : struct
{
    readonly T share = T.Splat(decay), up = T.Splat(l1), down = T.Splat(-l1);
    readonly int hasL1 = l1 != 0f ? 1 : 0;

    /// <summary>gradient + decay · value + l1 · sign(value), with the derivative of |value| at 0 taken as 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Add(T value, T gradient)
    {
        T g = T.Fma(share, value, gradient), zero = T.Splat(0f);
        // without L1 nothing is added: adding 0 would turn -0 into 0
        return hasL1 == 0 ? g : T.Add(g, T.SelectGreater(value, zero, up, T.SelectLess(value, zero, down, zero)));
    }
}
