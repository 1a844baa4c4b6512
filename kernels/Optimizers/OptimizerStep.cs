using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Elementwise;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>One step of an optimizer over a flat buffer of n parameters w by their gradients dw.</summary>
public readonly struct OptimizerStep<TRule, TView>(TView w, TView dw, TView states, OptimizerNumbers run, StepNumbers step, int n) : IOp<TView>
    where TRule : struct, IUpdateRule where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView> =>
        TRule.Move<T, TView>(w, dw, states, run, step, n, first, end, stride);
}

/// <summary>An optimizer's step inside a larger kernel: a group of lanes moves a flat buffer of n parameters.</summary>
/// <remarks>Each is made of the very ops that are launched by themselves layer by layer, so the bits are the same.</remarks>
public interface IOptimizer
{
    /// <summary>Moves parameters w (n) by their gradients dw (n); the caller's barriers stand before and after.</summary>
    /// <param name="w">The parameters.</param>
    /// <param name="dw">Their gradients, which clipping scales.</param>
    /// <param name="states">This network's <see cref="OptimizerNumbers.MostStates"/> · n values that are kept from step to step.</param>
    /// <param name="room"><see cref="Clipped{TRule}.Room"/> floats that nobody else uses meanwhile.</param>
    /// <param name="run">The numbers of the run.</param>
    /// <param name="step">The numbers of this step.</param>
    /// <param name="n">How many parameters.</param>
    /// <param name="lane">Which lane this is.</param>
    /// <param name="lanes">Lanes of the group.</param>
    static abstract void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, TView room, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier;
}

/// <summary>An optimizer that takes gradients as they are.</summary>
public readonly struct Unclipped<TRule> : IOptimizer where TRule : struct, IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, TView room, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier
    {
        var op = new OptimizerStep<TRule, TView>(w, dw, states, run, step, n);
        op.Run<T>(lane, op.Items(T.Width), lanes);
    }
}

/// <summary>An optimizer whose gradients are first scaled down to a norm: torch.nn.utils.clip_grad_norm_.</summary>
public readonly struct Clipped<TRule> : IOptimizer where TRule : struct, IUpdateRule
{
    /// <summary>Floats of room that clipping n gradients takes.</summary>
    public static int Room(int n) => SquaredBlocks.Count(n) + 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, TView room, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
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
        Unclipped<TRule>.Step<T, TView, TBarrier>(w, dw, states, room, run, step, n, lane, lanes);
    }
}
