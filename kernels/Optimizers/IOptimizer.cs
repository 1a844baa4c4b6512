using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Elementwise;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>An optimizer's step inside a larger kernel: a group of lanes moves a flat buffer of n parameters.</summary>
/// <remarks>Each is the very op that is launched by itself layer by layer, so the bits are the same.</remarks>
public interface IOptimizer
{
    /// <summary>Moves parameters w (n) by their gradients dw (n); the caller's barriers stand before and after.</summary>
    /// <param name="w">The parameters.</param>
    /// <param name="dw">Their gradients, which clipping scales.</param>
    /// <param name="states">What is kept from step to step, 0 at first.</param>
    /// <param name="first">Where in it this network's <see cref="OptimizerNumbers.MostStates"/> · n values begin.</param>
    /// <param name="room"><see cref="Clipped{TOptimizer}.Room"/> floats that nobody else uses meanwhile.</param>
    /// <param name="run">The numbers of the run.</param>
    /// <param name="step">The numbers of this step.</param>
    /// <param name="n">How many parameters.</param>
    /// <param name="lane">Which lane this is.</param>
    /// <param name="lanes">Lanes of the group.</param>
    static abstract void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, int first, TView room, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier;
}

/// <summary>An optimizer's numbers that hold for a whole run.</summary>
/// <param name="Momentum">Share of the velocity that stays, or Adam's β₁.</param>
/// <param name="Beta2">Adam's β₂.</param>
/// <param name="Epsilon">What keeps Adam's denominator from 0.</param>
/// <param name="Nesterov">1 to look ahead by the momentum.</param>
/// <param name="Decoupled">1 if weight decay shrinks the weights themselves (AdamW).</param>
/// <param name="Clip">The norm that gradients are scaled down to.</param>
public readonly record struct OptimizerNumbers(float Momentum, float Beta2, float Epsilon, int Nesterov, int Decoupled, float Clip)
{
    /// <summary>The most numbers a parameter that an optimizer keeps: Adam's two moments.</summary>
    public const int MostStates = 2;
}

/// <summary>An optimizer's numbers in one step.</summary>
/// <param name="Rate">The learning rate by the schedule.</param>
/// <param name="Decay">Weight decay.</param>
/// <param name="Correction">1 / (1 - β₁ᵗ).</param>
/// <param name="Root">√(1 - β₂ᵗ).</param>
public readonly record struct StepNumbers(float Rate, float Decay, float Correction, float Root)
{
    /// <summary>Floats of a step in the table that a launch reads: the schedule's factor, Correction and Root.</summary>
    public const int TableRow = 3;
}

/// <summary>An optimizer whose gradients are first scaled down to a norm: torch.nn.utils.clip_grad_norm_.</summary>
public readonly struct Clipped<TOptimizer> : IOptimizer where TOptimizer : struct, IOptimizer
{
    /// <summary>Floats of room that clipping n gradients takes.</summary>
    public static int Room(int n) => SquaredBlocks.Count(n) + 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, int first, TView room, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier
    {
        var squares = new SquaredBlocks<TView>(dw, room, n);
        squares.Run<T>(lane, squares.Items(T.Width), lanes);
        TBarrier.Wait(lanes);
        TView scale = T.From(room, SquaredBlocks.Count(n));
        new ClipScale<TView>(room, scale, run.Clip, SquaredBlocks.Count(n)).Run<T>(lane, 1, lanes);
        TBarrier.Wait(lanes);
        var product = new BinaryForward<Multiply, TView>(dw, scale, dw, 1, n, new Broadcast(0, 1), new Broadcast(0, 0));
        product.Run<T>(lane, product.Items(T.Width), lanes);           // a lane's own gradients, which its step then reads
        TOptimizer.Step<T, TView, TBarrier>(w, dw, states, first, room, run, step, n, lane, lanes);
    }
}
