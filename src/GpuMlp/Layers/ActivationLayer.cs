using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>y = f(x), element by element; dx = dy·f′(x).</summary>
public abstract class ActivationLayer<TActivation> : Layer, ILinearActivation where TActivation : struct, IActivation
{
    private protected override void ComputeForward(DeviceSpan x, DeviceSpan y, int rows, int columns) =>
        x.Device.ActivationForward<TActivation>(x, y, x.Length);

    internal override void ComputeBackward(DeviceSpan x, DeviceSpan dy, DeviceSpan? dx, int rows, int columns, DeviceSpan[] gradients)
    {
        if (dx is DeviceSpan target) x.Device.ActivationBackward<TActivation>(x, dy, target, x.Length);
    }

    Tensor ILinearActivation.ForwardAfter(Linear linear, Tensor x)
    {
        Tensor z = linear.ResultOf(x), y = Result(z);
        linear.Forward<TActivation>(x.Span, z.Span, y.Span, x.Rows);
        return y;
    }

    Tensor ILinearActivation.BackwardBefore(Linear linear, Tensor dy)
    {
        Tensor x = linear.InputFor(dy), z = Saved(x), dz = InputGradient(z);
        linear.Backward<TActivation>(x.Span, dy.Span, z.Span, dz.Span, x.Rows);
        return dz;
    }
}

/// <summary>An activation that a linear layer next to it can compute with its own products, in one pass over memory.</summary>
interface ILinearActivation
{
    /// <summary>Forward of a linear layer and of the activation behind it.</summary>
    Tensor ForwardAfter(Linear linear, Tensor x);

    /// <summary>Backward of a linear layer and of the activation before it.</summary>
    Tensor BackwardBefore(Linear linear, Tensor dy);
}
