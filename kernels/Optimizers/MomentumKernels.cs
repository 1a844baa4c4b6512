using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>
/// torch.optim.SGD with momentum: g = dw + decay·w; v = momentum·v + g; w -= rate·v, or with Nesterov w -= rate·(g + momentum·v).
/// </summary>
public readonly struct Momentum : IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Move<T, TView>(
        TView w, TView dw, TView states, OptimizerNumbers run, StepNumbers step, int n, int first, int end, int stride)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        T down = T.Splat(-step.Rate), keep = T.Splat(run.Keep1);
        var penalty = new Regularization<T, TView>(step.Decay, step.L1);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T value = T.Load(w, i), g = penalty.Add(value, T.Load(dw, i)), velocity = T.Fma(keep, T.Load(states, i), g);
            T move = run.Nesterov != 0 ? T.Fma(keep, velocity, g) : velocity;
            T.Store(states, i, velocity, n - i);
            T.Store(w, i, T.Fma(down, move, value), n - i);
        }
    }
}
