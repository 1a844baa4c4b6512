using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>One step of stochastic gradient descent over a flat buffer of n parameters: w = fma(-rate, dw, w).</summary>
public readonly struct SgdStep<TView>(TView w, TView dw, float rate, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T down = T.Splat(-rate);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T.Store(w, i, T.Fma(down, T.Load(dw, i), T.Load(w, i)), n - i);
        }
    }
}

/// <summary><see cref="SgdStep{TView}"/> as a part of a larger kernel.</summary>
public readonly struct Sgd : IOptimizer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step<T, TView, TBarrier>(
        TView w, TView dw, TView states, int first, TView room, OptimizerNumbers run, StepNumbers step, int n, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct where TBarrier : struct, IBarrier
    {
        var op = new SgdStep<TView>(w, dw, step.Rate, n);
        op.Run<T>(lane, op.Items(T.Width), lanes);
    }
}
