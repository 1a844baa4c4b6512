using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Tensors;

namespace GpuMlp.Training;

/// <summary>A data set on a device: it is uploaded once, and batches are gathered there.</summary>
public sealed class TrainingData : IDisposable
{
    /// <summary>Uploads a data set.</summary>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public TrainingData(ComputeDevice device, DataSet data) : this(device, data, data?.Labels)
    {
    }

    internal TrainingData(ComputeDevice device, DataSet data, float[]? labels)
    {
        ArgumentNullException.ThrowIfNull(data);
        Inputs = Tensor.From(device, data.Flat, data.Count, data.Features);
        Labels = Tensor.From(device, labels, data.Count, data.Targets);
    }

    /// <summary>x (examples, features).</summary>
    public Tensor Inputs { get; }

    /// <summary>y (examples, targets): one label per example but for several targets of a regression.</summary>
    public Tensor Labels { get; }

    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        Inputs.Dispose();
        Labels.Dispose();
    }
}
