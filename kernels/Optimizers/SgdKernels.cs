using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>Plain stochastic gradient descent: w = fma(-rate, dw, w); nothing is kept.</summary>
public readonly struct Sgd : IUpdateRule
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Move<T, TView>(T value, T gradient, TView states, int i, int n, OptimizerNumbers run, StepNumbers step)
        where T : struct, ILanes<T, TView> where TView : struct => T.Fma(T.Splat(-step.Rate), gradient, value);
}
