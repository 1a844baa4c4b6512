using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Losses;

/// <summary>A loss of one output against its label, and its gradient with respect to that output.</summary>
public interface ILoss
{
    /// <summary>L(z, y).</summary>
    static abstract T Value<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct;

    /// <summary>dL/dz.</summary>
    static abstract T Gradient<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct;
}
