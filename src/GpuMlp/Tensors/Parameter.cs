using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Randomness;

namespace GpuMlp.Tensors;

/// <summary>A trained tensor and its gradient. Made alone it owns its storage; an arena moves it in with its network's others.</summary>
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
    /// <param name="device">Where it lies.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="seed">Seed of the Philox stream: equal seeds give equal values, so a network's parameters take different ones.</param>
    public static Parameter Normal(ComputeDevice device, int rows, int columns, ulong seed) =>
        Normal(device, rows, columns, new PhiloxStream(seed, StreamPurpose.Initialization));

    /// <summary>A parameter drawn from N(0, 1), row by row, from a stream that goes on after it.</summary>
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

    /// <summary>dLoss/dValue: what a backward pass by hand left, or the sum of those on variables since the last <see cref="ZeroGradient"/>.</summary>
    public Tensor Gradient { get; private set; }

    /// <summary>Number of values.</summary>
    public int Length => Value.Length;

    /// <summary>The device that holds it.</summary>
    public ComputeDevice Device => Value.Device;

    /// <summary>Another number whenever the values were changed.</summary>
    internal int Version => versionBefore + Value.Version + (Arena?.Version ?? 0);

    /// <summary>The buffer that it was moved into, or null.</summary>
    internal ParameterArena? Arena { get; private set; }

    /// <summary>What stands for this parameter in expressions: made at its first use by who knows of those, and kept.</summary>
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
