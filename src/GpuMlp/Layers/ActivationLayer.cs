using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>y = f(x), element by element; dx = dy·f′(x).</summary>
public abstract class ActivationLayer : Layer
{
    readonly ActivationOps ops;

    private protected ActivationLayer(ActivationOps ops) => this.ops = ops;

    private protected override void ComputeForward(DeviceSpan x, DeviceSpan y, int rows, int columns) => ops.Forward(x, y);

    internal override void ComputeBackward(DeviceSpan x, DeviceSpan dy, DeviceSpan? dx, int rows, int columns, DeviceSpan[] gradients)
    {
        if (dx is DeviceSpan target) ops.Backward(x, dy, target);
    }

    /// <summary>Forward of a linear layer and of this one behind it, in one pass over memory.</summary>
    internal Tensor ForwardAfter(Linear linear, Tensor x)
    {
        Tensor z = linear.ResultOf(x), y = Result(z);
        ops.LinearForward(linear, x.Span, z.Span, y.Span, x.Rows);
        return y;
    }

    /// <summary>Backward of a linear layer and of this one before it, in one pass over memory.</summary>
    internal Tensor BackwardBefore(Linear linear, Tensor dy)
    {
        Tensor x = linear.InputFor(dy), z = Saved(x), dz = InputGradient(z);
        ops.LinearBackward(linear, x.Span, dy.Span, z.Span, dz.Span, x.Rows);
        return dz;
    }
}

/// <summary>The ops of an activation. They keep the kernels' types out of the layers' declarations, which users see.</summary>
abstract class ActivationOps
{
    internal abstract void Forward(DeviceSpan x, DeviceSpan y);

    internal abstract void Backward(DeviceSpan x, DeviceSpan dy, DeviceSpan dx);

    /// <summary>z = x·w + b and y = f(z).</summary>
    internal abstract void LinearForward(Linear linear, DeviceSpan x, DeviceSpan z, DeviceSpan y, int rows);

    /// <summary>The gradients of the linear layer, and dz = dy·wᵀ·f′(z) for x = f(z).</summary>
    internal abstract void LinearBackward(Linear linear, DeviceSpan x, DeviceSpan dy, DeviceSpan z, DeviceSpan dz, int rows);
}

/// <summary>The ops of an activation's kernel.</summary>
sealed class ActivationOps<TActivation> : ActivationOps where TActivation : struct, IActivation
{
    internal override void Forward(DeviceSpan x, DeviceSpan y) => x.Device.ActivationForward<TActivation>(x, y, x.Length);

    internal override void Backward(DeviceSpan x, DeviceSpan dy, DeviceSpan dx) =>
        x.Device.ActivationBackward<TActivation>(x, dy, dx, x.Length);

    internal override void LinearForward(Linear linear, DeviceSpan x, DeviceSpan z, DeviceSpan y, int rows) =>
        linear.Forward<TActivation>(x, z, y, rows);

    internal override void LinearBackward(Linear linear, DeviceSpan x, DeviceSpan dy, DeviceSpan z, DeviceSpan dz, int rows) =>
        linear.Backward<TActivation>(x, dy, z, dz, rows);
}
