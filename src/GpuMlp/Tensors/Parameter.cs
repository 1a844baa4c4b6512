using GpuMlp.Devices;

namespace GpuMlp.Tensors;

/// <summary>A trained tensor and its gradient. Made alone it owns its storage; an arena moves it in with its network's others.</summary>
public sealed class Parameter
{
    /// <summary>A parameter of zeros.</summary>
    public Parameter(ComputeDevice device, int rows, int columns)
    {
        Value = new Tensor(device, rows, columns);
        Gradient = new Tensor(device, rows, columns);
    }

    /// <summary>The values.</summary>
    public Tensor Value { get; private set; }

    /// <summary>dLoss/dValue, as the last backward pass left it.</summary>
    public Tensor Gradient { get; private set; }

    /// <summary>Number of values.</summary>
    public int Length => Value.Length;

    internal void MoveTo(DeviceSpan value, DeviceSpan gradient)
    {
        Tensor oldValue = Value, oldGradient = Gradient;
        oldValue.Device.Copy(oldValue.Span, value);
        oldValue.Device.Copy(oldGradient.Span, gradient);
        Value = new Tensor(value, oldValue.Rows, oldValue.Columns);
        Gradient = new Tensor(gradient, oldGradient.Rows, oldGradient.Columns);
        oldValue.Dispose();
        oldGradient.Dispose();
    }
}
