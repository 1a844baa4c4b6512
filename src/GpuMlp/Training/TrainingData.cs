using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Tensors;

namespace GpuMlp.Training;

/// <summary>A data set on a device: uploaded once, rows gathered there.</summary>
public sealed class TrainingData : IDisposable
{
    /// <summary>Uploads a data set.</summary>
    /// <exception cref="DeviceOutOfMemoryException">The device has not that much memory left.</exception>
    public TrainingData(ComputeDevice device, DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Inputs = Tensor.From(device, data.Flat, data.Count, data.Features);
        Labels = Tensor.From(device, data.Labels, data.Count, 1);
    }

    /// <summary>x (examples, features).</summary>
    public Tensor Inputs { get; }

    /// <summary>y (examples, 1).</summary>
    public Tensor Labels { get; }

    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        Inputs.Dispose();
        Labels.Dispose();
    }
}
