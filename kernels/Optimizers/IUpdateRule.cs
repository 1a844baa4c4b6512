using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>How an optimizer moves a parameter by its gradient.</summary>
public interface IUpdateRule
{
    /// <summary>Moves parameters w (n) by their gradients dw (n): items first, first + stride, … below end, each as many parameters as T has lanes.</summary>
    /// <remarks>The loop is the rule's own, so that what is the same for all parameters stays in registers.</remarks>
    /// <param name="w">The parameters.</param>
    /// <param name="dw">Their gradients.</param>
    /// <param name="states">What is kept from step to step, 0 at first: up to <see cref="OptimizerNumbers.MostStates"/> arrays (n), one after the other.</param>
    /// <param name="run">The numbers of the run.</param>
    /// <param name="step">The numbers of this step.</param>
    /// <param name="n">How many parameters there are.</param>
    /// <param name="first">The first item.</param>
    /// <param name="end">Where items end.</param>
    /// <param name="stride">From one item to the next.</param>
    static abstract void Move<T, TView>(
        TView w, TView dw, TView states, OptimizerNumbers run, StepNumbers step, int n, int first, int end, int stride)
        where T : struct, ILanes<T, TView> where TView : struct;
}

/// <summary>An optimizer's numbers that hold for a whole run; a rule that has no use for one ignores it.</summary>
/// <param name="Keep1">Share of the first state that stays: the velocity's, or Adam's β₁.</param>
/// <param name="Keep2">Share of the squares' mean that stays: Adam's β₂, RMSprop's alpha.</param>
/// <param name="Epsilon">What keeps the denominator from 0.</param>
/// <param name="Nesterov">1 to look ahead by the momentum.</param>
/// <param name="Decoupled">1 if weight decay shrinks the weights themselves (AdamW).</param>
/// <param name="Clip">The norm that gradients are scaled down to.</param>
public readonly record struct OptimizerNumbers(float Keep1, float Keep2, float Epsilon, int Nesterov, int Decoupled, float Clip)
{
    /// <summary>The most numbers per parameter that an optimizer keeps: Adam's two moments.</summary>
    public const int MostStates = 2;
}

/// <summary>An optimizer's numbers in one step.</summary>
/// <param name="Rate">The learning rate by the schedule.</param>
/// <param name="Decay">Weight decay: what share of a parameter is added to its gradient.</param>
/// <param name="L1">What is added to a gradient with the sign of its parameter.</param>
/// <param name="Correction">1 / (1 - β₁ᵗ).</param>
/// <param name="Root">√(1 - β₂ᵗ).</param>
public readonly record struct StepNumbers(float Rate, float Decay, float L1, float Correction, float Root)
{
    /// <summary>Floats of a step in the table that a launch reads: the schedule's factor, Correction and Root.</summary>
    public const int TableRow = 3;
}

/// <summary>What weight decay and L1 add to gradients.</summary>
public readonly struct Regularization<T, TView>(float decay, float l1) where T : struct, ILanes<T, TView> where TView : struct
{
    readonly T share = T.Splat(decay), up = T.Splat(l1), down = T.Splat(-l1);
    readonly int hasL1 = l1 != 0f ? 1 : 0;

    /// <summary>gradient + decay · value + l1 · sign(value), with the derivative of |value| at 0 taken as 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Add(T value, T gradient)
    {
        T g = T.Fma(share, value, gradient), zero = T.Splat(0f);
        // without L1 not even the sign of a zero changes
        return hasL1 == 0 ? g : T.Add(g, T.SelectLess(zero, value, up, T.SelectLess(value, zero, down, zero)));
    }
}
