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
        Weight = new Parameter(device, inputs, outputs);
        Bias = new Parameter(device, 1, outputs);
        Parameters = [Weight, Bias];
    }

    /// <summary>w (i,o).</summary>
    public Parameter Weight { get; }

    /// <summary>b (1,o).</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override string Name => $"Linear({inputs}, {outputs})";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int? Inputs => inputs;

    /// <inheritdoc/>
    public override int OutputsFor(int inputs) => outputs;

    private protected override void ComputeForward(Tensor x, Tensor y) =>
        x.Device.LinearForward(x.Span, Weight.Value.Span, Bias.Value.Span, y.Span, x.Rows, inputs, outputs);

    private protected override void ComputeBackward(Tensor x, Tensor dy, Tensor? dx)
    {
        ComputeDevice device = x.Device;
        device.LinearParameterGradients(x.Span, dy.Span, Weight.Gradient.Span, Bias.Gradient.Span, x.Rows, inputs, outputs);
        if (dx is null) return;
        if (LinearOps.NeedsTransposed(outputs)) transposed = Room(transposed, device, outputs, inputs);
        device.LinearInputGradient(dy.Span, Weight.Value.Span, (transposed ?? dx).Span, dx.Span, x.Rows, inputs, outputs);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        transposed?.Dispose();
        transposed = null;
        base.Dispose();
    }
}
