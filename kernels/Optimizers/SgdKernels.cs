using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>Plain stochastic gradient descent: w = fma(-rate, dw, w). It has no state.</summary>
public readonly struct Sgd : IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Move<T, TView>(
        TView w, TView dw, TView states, OptimizerNumbers run, StepNumbers step, int n, int first, int end, int stride)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        T down = T.Splat(-step.Rate);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T.Store(w, i, T.Fma(down, T.Load(dw, i), T.Load(w, i)), n - i);
        }
    }
}
