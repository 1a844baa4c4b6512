using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>y = f(x), element by element; dx = dy·f′(x).</summary>
public abstract class ActivationLayer<TActivation> : Layer where TActivation : struct, IActivation
{
    /// <inheritdoc/>
    public override string Name => GetType().Name;

    private protected override void ComputeForward(Tensor x, Tensor y) => x.Device.ActivationForward<TActivation>(x.Span, y.Span, x.Length);

    private protected override void ComputeBackward(Tensor x, Tensor dy, Tensor? dx)
    {
        if (dx is not null) x.Device.ActivationBackward<TActivation>(x.Span, dy.Span, dx.Span, x.Length);
    }
}
