using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>torch.optim.RMSprop: g = dw + decay·w; v = alpha·v + (1 - alpha)·g²; w -= rate·g / (√v + ε).</summary>
public readonly struct RmsProp : IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Move<T, TView>(
        TView w, TView dw, TView states, OptimizerNumbers run, StepNumbers step, int n, int first, int end, int stride)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        T keep = T.Splat(run.Keep2), fresh = T.Splat(1f - run.Keep2), down = T.Splat(-step.Rate), epsilon = T.Splat(run.Epsilon);
        var penalty = new Regularization<T, TView>(step.Decay, step.L1);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T value = T.Load(w, i), g = penalty.Add(value, T.Load(dw, i));
            T square = T.Fma(keep, T.Load(states, i), T.Multiply(fresh, T.Multiply(g, g)));
            T.Store(states, i, square, n - i);
            T.Store(w, i, T.Fma(down, T.Divide(g, T.Add(T.Sqrt(square), epsilon)), value), n - i);
        }
    }
}
