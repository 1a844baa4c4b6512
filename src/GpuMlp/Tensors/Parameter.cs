using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Randomness;

namespace GpuMlp.Tensors;

/// <summary>
/// A trained tensor and its gradient. Made alone it owns its memory; a network or an optimizer moves it into one buffer with others.
/// </summary>
public sealed class Parameter
{
    int versionBefore;

    /// <summary>A parameter of zeros.</summary>
    public Parameter(ComputeDevice device, int rows, int columns)
    {
        Value = new Tensor(device, rows, columns);
        Gradient = new Tensor(device, rows, columns);
    }

    /// <summary>A parameter drawn from N(0, 1), row by row.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="seed">Seed of the Philox stream. Equal seeds give equal values, so each parameter of a network needs its own.</param>
    public static Parameter Normal(ComputeDevice device, int rows, int columns, ulong seed) =>
        Normal(device, rows, columns, new PhiloxStream(seed, StreamPurpose.Initialization));

    /// <summary>A parameter drawn from N(0, 1), row by row, from a stream that continues after it.</summary>
    public static Parameter Normal(ComputeDevice device, int rows, int columns, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var parameter = new Parameter(device, rows, columns);
        var values = new float[parameter.Length];
        for (int k = 0; k < values.Length; k++) values[k] = (float)random.NextNormal();
        parameter.Value.CopyFrom(values);
        return parameter;
    }

    /// <summary>The values.</summary>
    public Tensor Value { get; private set; }

    /// <summary>
    /// dLoss/dValue: the result of the last backward pass on tensors, or the sum over backward passes on variables since the last
    /// <see cref="ZeroGradient"/>.
    /// </summary>
    public Tensor Gradient { get; private set; }

    /// <summary>Number of values.</summary>
    public int Length => Value.Length;

    /// <summary>The device that holds it.</summary>
    public ComputeDevice Device => Value.Device;

    /// <summary>A number that changes whenever the values do.</summary>
    internal int Version => versionBefore + Value.Version + (Arena?.Version ?? 0);

    /// <summary>The buffer that the parameter was moved into, or null.</summary>
    internal ParameterArena? Arena { get; private set; }

    /// <summary>
    /// The variable that stands for this parameter in expressions, made at its first use; object, because Autograd builds on us.
    /// </summary>
    internal object? Operand { get; set; }

    /// <summary>Sets the gradient to zero.</summary>
    public void ZeroGradient()
    {
        using DeviceUse use = Device.Use();
        Device.Clear(Gradient.Span);
    }

    /// <summary>Adds to the gradient.</summary>
    internal void AddGradient(DeviceSpan part) => Device.AddTo(Gradient.Span, part, Gradient.Span);

    internal void MoveTo(ParameterArena arena, DeviceSpan value, DeviceSpan gradient)
    {
        Tensor oldValue = Value, oldGradient = Gradient;
        versionBefore = Version - arena.Version;                   // a move changes no values
        Device.Copy(oldValue.Span, value);
        Device.Copy(oldGradient.Span, gradient);
        Value = new Tensor(value, oldValue.Rows, oldValue.Columns);
        Gradient = new Tensor(gradient, oldGradient.Rows, oldGradient.Columns);
        Arena?.Abandon();
        Arena = arena;
        oldValue.Dispose();
        oldGradient.Dispose();
    }
}
