using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>y = x·w + b with x (n,i), w (i,o), b (o): dw = xᵀ·dy, db = the column sums of dy, dx = dy·wᵀ.</summary>
public sealed class Linear : Layer
{
    readonly int inputs, outputs;
    Tensor? transposed;

    /// <summary>A layer of zeros; an initialiser or the caller fills <see cref="Weight"/> and <see cref="Bias"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one input or output.</exception>
    public Linear(ComputeDevice device, int inputs, int outputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        (this.inputs, this.outputs) = (inputs, outputs);
        Weight = Register("weight", new Parameter(device, inputs, outputs));
        Bias = Register("bias", new Parameter(device, 1, outputs));
    }

    /// <summary>w (i,o).</summary>
    public Parameter Weight { get; }

    /// <summary>b (1,o).</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override string Name => $"Linear({inputs}, {outputs})";

    /// <inheritdoc/>
    public override int? Inputs => inputs;

    /// <inheritdoc/>
    public override int OutputsFor(int inputs) => outputs;

    private protected override void ComputeForward(DeviceSpan x, DeviceSpan y, int rows, int columns) =>
        x.Device.LinearForward(x, Weight.Value.Span, Bias.Value.Span, y, rows, inputs, outputs);

    internal override void ComputeBackward(DeviceSpan x, DeviceSpan dy, DeviceSpan? dx, int rows, int columns, DeviceSpan[] gradients)
    {
        ComputeDevice device = x.Device;
        device.LinearParameterGradients(x, dy, gradients[0], gradients[1], rows, inputs, outputs);
        if (dx is not DeviceSpan target) return;
        if (LinearOps.NeedsTransposed(outputs)) transposed = Room(transposed, device, outputs, inputs);
        device.LinearInputGradient(dy, Weight.Value.Span, transposed?.Span ?? target, target, rows, inputs, outputs);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        transposed?.Dispose();
        transposed = null;
        base.Dispose();
    }
}
