using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Records;

/// <summary>A model as its file holds it, on the host: what it is can be asked before a device is chosen.</summary>
public sealed class StoredModel
{
    readonly float[][] values;

    // values: of each linear layer the weights (i,o), then the biases
    internal StoredModel(
        NetworkSpec net, Loss loss, Window? window, Standardizer? standardizer, IReadOnlyList<string> classNames, float[][] values) =>
        (Net, Loss, Window, Standardizer, ClassNames, this.values) = (net, loss, window, standardizer, classNames, values);

    /// <summary>The network.</summary>
    public NetworkSpec Net { get; }

    /// <summary>The loss that it was trained by.</summary>
    public Loss Loss { get; }

    /// <inheritdoc cref="Model.Window"/>
    public Window? Window { get; }

    /// <inheritdoc cref="Model.Standardizer"/>
    public Standardizer? Standardizer { get; }

    /// <inheritdoc cref="Model.ClassNames"/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The model with its network on a device; the caller disposes that.</summary>
    /// <exception cref="DeviceOutOfMemoryException">The device has not that much memory left.</exception>
    public Model Build(ComputeDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Sequential network = Net.Build(device, Loss);
        Linear[] layers = [.. network.Layers.OfType<Linear>()];
        for (int l = 0; l < layers.Length; l++)
        {
            layers[l].Weight.Value.CopyFrom(values[2 * l]);
            layers[l].Bias.Value.CopyFrom(values[2 * l + 1]);
        }
        return new Model(network, Window, Standardizer, ClassNames);
    }
}
