using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Elementwise;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>One step of an optimizer on a flat buffer of n parameters w with gradients dw.</summary>
public readonly struct OptimizerStep<TRule, TView>(TView w, TView dw, TView states, OptimizerNumbers run, StepNumbers step, int n)
    : IOp<TView>
    where TRule : struct, IUpdateRule where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView> =>
        TRule.Move<T, TView>(w, dw, states, run, step, n, first, end, stride);
}

/// <summary>An optimizer's step inside a larger kernel: the lanes of a group move a flat buffer of n parameters.</summary>
/// <remarks>Each runs the same ops that the layer-by-layer engine launches, so the bits are the same.</remarks>
public interface IOptimizer
{
    /// <summary>Moves parameters w (n) by their gradients dw (n); the caller waits at a barrier before and after.</summary>
    /// <param name="w">The parameters, (n).</param>
    /// <param name="dw">Their gradients, (n), which clipping scales.</param>
    /// <param name="states">The network's <see cref="OptimizerNumbers.MostStates"/> · n values of state.</param>
    /// <param name="scratch"><see cref="Clipped{TRule}.ScratchLength"/> floats of scratch memory.</param>
    /// <param name="run">Settings of the whole run.</param>
    /// <param name="step">Settings of this step.</param>
    /// <param name="n">The number of parameters.</param>
    /// <param name="lane">The number of this lane in the group.</param>
    /// <param name="lanes">Lanes of the group.</param>
    static abstract void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, TView scratch, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier;
}

/// <summary>An optimizer that takes the gradients as they are.</summary>
public readonly struct Unclipped<TRule> : IOptimizer where TRule : struct, IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, TView scratch, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier
    {
        var op = new OptimizerStep<TRule, TView>(w, dw, states, run, step, n);
        op.Run<T>(lane, op.Items(T.Width), lanes);
    }
}

/// <summary>An optimizer that first scales the gradients down to a largest norm: torch.nn.utils.clip_grad_norm_.</summary>
public readonly struct Clipped<TRule> : IOptimizer where TRule : struct, IUpdateRule
{
    /// <summary>Floats of scratch memory that clipping n gradients needs.</summary>
    public static int ScratchLength(int n) => SquaredBlocks.Count(n) + 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, TView scratch, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier
    {
        var squares = new SquaredBlocks<TView>(dw, scratch, n);
        squares.Run<T>(lane, squares.Items(T.Width), lanes);
        TBarrier.Wait(lanes);
        TView scale = T.From(scratch, SquaredBlocks.Count(n));
        new ClipScale<TView>(scratch, scale, run.Clip, SquaredBlocks.Count(n)).Run<T>(lane, 1, lanes);
        TBarrier.Wait(lanes);
        var product = new BinaryForward<Multiply, TView>(dw, scale, dw, 1, n, new Broadcast(0, 1), new Broadcast(0, 0));
        product.Run<T>(lane, product.Items(T.Width), lanes);           // each lane scales the gradients that its own step reads
        Unclipped<TRule>.Step<T, TView, TBarrier>(w, dw, states, scratch, run, step, n, lane, lanes);
    }
}
