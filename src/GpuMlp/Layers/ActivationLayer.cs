using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;

namespace GpuMlp.Layers;

/// <summary>y = f(x), element by element; dx = dy·f′(x).</summary>
public abstract class ActivationLayer<TActivation> : Layer where TActivation : struct, IActivation
{
    private protected override void ComputeForward(DeviceSpan x, DeviceSpan y, int rows, int columns) =>
        x.Device.ActivationForward<TActivation>(x, y, x.Length);

    internal override void ComputeBackward(DeviceSpan x, DeviceSpan dy, DeviceSpan? dx, int rows, int columns, DeviceSpan[] gradients)
    {
        if (dx is DeviceSpan target) x.Device.ActivationBackward<TActivation>(x, dy, target, x.Length);
    }
}
