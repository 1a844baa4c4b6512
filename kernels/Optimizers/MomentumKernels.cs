using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>
/// torch.optim.SGD: g = dw + decay·w; v = momentum·v + g; w -= rate·v, or with Nesterov's look-ahead w -= rate·(g + momentum·v).
/// </summary>
public readonly struct Momentum : IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Move<T, TView>(T value, T gradient, TView states, int i, int n, OptimizerNumbers run, StepNumbers step)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        T keep = T.Splat(run.Keep1), g = Regularization.Add<T, TView>(value, gradient, step.Decay, step.L1);
        T velocity = T.Fma(keep, T.Load(states, i), g), move = run.Nesterov != 0 ? T.Fma(keep, velocity, g) : velocity;
        T.Store(states, i, velocity, n - i);
        return T.Fma(T.Splat(-step.Rate), move, value);
    }
}
