using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Records;

/// <summary>A model as its file holds it, on the host: what it is can be asked before a device is chosen.</summary>
public sealed class StoredModel
{
    readonly ModelMetadata metadata;
    readonly float[][] values;

    // values: of each linear layer the weights (i,o), then the biases
    internal StoredModel(ModelMetadata metadata, float[][] values, IReadOnlyList<string> notes) =>
        (this.metadata, this.values, Notes) = (metadata, values, notes);

    /// <summary>The network.</summary>
    public NetworkSpec Net => metadata.Net;

    /// <summary>The loss that it was trained by.</summary>
    public Loss Loss => metadata.Loss;

    /// <inheritdoc cref="Model.Window"/>
    public Window? Window => metadata.Window;

    /// <inheritdoc cref="Model.Standardizer"/>
    public Standardizer? Standardizer => metadata.Standardizer;

    /// <inheritdoc cref="Model.ClassNames"/>
    public IReadOnlyList<string> ClassNames => metadata.ClassNames;

    /// <inheritdoc cref="Model.Targets"/>
    public Standardizer? Targets => metadata.Targets;

    /// <inheritdoc cref="Model.Columns"/>
    public TablePreprocessor? Columns => metadata.Columns;

    /// <summary>What a user should know of how the file was read, such as tensors that were left out; a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Writes the model atomically as its extension says: .npz, or safetensors under any other name.</summary>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var tensors = new List<SafeTensor>();
        for (int l = 0; l < Net.Depth; l++)
        {
            (int i, int o) = (Net.Widths[l], Net.Widths[l + 1]);
            tensors.Add(SafeTensor.Float32($"{2 * l}.weight", [o, i], Rows(l)));
            tensors.Add(SafeTensor.Float32($"{2 * l}.bias", [o], Biases(l)));
        }
        TensorFile.Write(path, new SafetensorsFile(tensors, metadata.Encode()));
    }

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
        return new Model(network, Window, Standardizer, ClassNames) { Targets = Targets, Columns = Columns };
    }

    /// <summary>The weights of a linear layer (o,i), an output's after another's.</summary>
    internal float[] Rows(int layer) => Transpose(values[2 * layer], Net.Widths[layer], Net.Widths[layer + 1]);

    /// <summary>The biases of a linear layer (o).</summary>
    internal float[] Biases(int layer) => values[2 * layer + 1];

    /// <summary>The transpose of a matrix (rows, columns).</summary>
    internal static float[] Transpose(float[] values, int rows, int columns)
    {
        var transposed = new float[values.Length];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++) transposed[column * rows + row] = values[row * columns + column];
        return transposed;
    }
}
