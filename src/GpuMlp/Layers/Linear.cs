using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Randomness;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>y = x·w + b with x (n,i), w (i,o), b (o): dw = xᵀ·dy, db = the column sums of dy, dx = dy·wᵀ.</summary>
public sealed class Linear : Layer
{
    readonly int inputs, outputs;

    /// <summary>
    /// A layer whose weights and biases are drawn from N(0, 1), row by row, as in the tutorial; <see cref="Initializer.Fill"/> draws
    /// others.
    /// </summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="inputs">Columns of x.</param>
    /// <param name="outputs">Columns of y.</param>
    /// <param name="seed">
    /// Seed of the Philox stream. Its substream is the number of this layer on the device, counted from 1. So no two layers of a device
    /// draw the same numbers, even from equal seeds, and a program that runs again draws the same numbers again, on every device.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one input or output.</exception>
    public Linear(ComputeDevice device, int inputs, int outputs, ulong seed = 0) : this(device, inputs, outputs, StreamOf(device, seed)) { }

    /// <summary>A layer drawn from N(0, 1); without a stream a layer of zeros, which the caller fills.</summary>
    internal Linear(ComputeDevice device, int inputs, int outputs, RandomStream? random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        (this.inputs, this.outputs) = (inputs, outputs);
        Weight = Register("weight", new Parameter(device, inputs, outputs));
        Bias = Register("bias", new Parameter(device, 1, outputs));
        if (random is not null) Initializer.Fill(this, Initialization.Normal, random);
    }

    static PhiloxStream StreamOf(ComputeDevice device, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new PhiloxStream(seed, StreamPurpose.Initialization, ++device.LayersMade);
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
        if (dx is DeviceSpan target) device.LinearInputGradient(dy, Weight.Value.Span, target, rows, inputs, outputs);
    }

    /// <summary>The tensor for the result of a Forward of x.</summary>
    internal Tensor ResultOf(Tensor x) => Result(x);

    /// <summary>The x of the last Forward, to whose result dy belongs.</summary>
    internal Tensor InputFor(Tensor dy) => Saved(dy);

    /// <summary>z = x·w + b and y = f(z).</summary>
    internal void Forward<TActivation>(DeviceSpan x, DeviceSpan z, DeviceSpan y, int rows) where TActivation : struct, IActivation =>
        x.Device.LinearForward<TActivation>(x, Weight.Value.Span, Bias.Value.Span, z, y, rows, inputs, outputs);

    /// <summary>The gradients of the parameters, and dz = dy·wᵀ·f′(z) for x = f(z).</summary>
    internal void Backward<TActivation>(DeviceSpan x, DeviceSpan dy, DeviceSpan z, DeviceSpan dz, int rows)
        where TActivation : struct, IActivation
    {
        DeviceSpan[] gradients = Gradients();
        x.Device.LinearBackward<TActivation>(
            x, dy, Weight.Value.Span, gradients[0], gradients[1], z, dz, rows, inputs, outputs);
    }
}
