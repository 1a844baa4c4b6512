using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>
/// One step of torch.optim.SGD over n parameters: g = dw + decay·w; v = momentum·v + g; w -= rate·v, or with Nesterov's
/// look-ahead (nesterov 1) w -= rate·(g + momentum·v).
/// </summary>
public readonly struct MomentumStep<TView>(TView w, TView dw, TView v, float rate, float momentum, float decay, int nesterov, int n) : IOp<TView>
    where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T down = T.Splat(-rate), keep = T.Splat(momentum), shrink = T.Splat(decay);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T value = T.Load(w, i), g = T.Fma(shrink, value, T.Load(dw, i)), velocity = T.Fma(keep, T.Load(v, i), g);
            T move = nesterov != 0 ? T.Fma(keep, velocity, g) : velocity;
            T.Store(v, i, velocity, n - i);
            T.Store(w, i, T.Fma(down, move, value), n - i);
        }
    }
}

/// <summary><see cref="MomentumStep{TView}"/> as a part of a larger kernel.</summary>
public readonly struct Momentum : IOptimizer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, int first, TView room, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier
    {
        var op = new MomentumStep<TView>(w, dw, T.From(states, first), step.Rate, run.Momentum, step.Decay, run.Nesterov, n);
        op.Run<T>(lane, op.Items(T.Width), lanes);
    }
}
