using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Layers;

namespace GpuMlp.Records;

/// <summary>
/// Networks as safetensors or .npz: tensors named and laid out as PyTorch's state_dict of a torch.nn.Sequential of the same layers,
/// <c>0.weight</c> (o,i), <c>0.bias</c> (o), <c>2.weight</c>, …, and metadata that rebuilds the network. Linear layers that other
/// programs wrote are read too, under any names.
/// </summary>
public static class ModelFile
{
    /// <summary>The most characters of a class name.</summary>
    public const int LongestClassName = 1000;

    /// <summary>Writes a model atomically: equal models give equal bytes.</summary>
    /// <param name="path">The file: .npz, or any other name for safetensors.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ArgumentException">
    /// Something is null; the network is not made of linear layers with one kind of activation between them and a sigmoid or nothing at the
    /// end; or there is not one name per class.
    /// </exception>
    public static void Save(string path, Model model)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(model.Network);
        ArgumentNullException.ThrowIfNull(model.ClassNames);
        NetworkSpec spec = model.Network.Spec ?? throw new ArgumentException(
            "a model file holds linear layers with one kind of activation between them and a sigmoid or nothing at the end; " +
            $"this network is {string.Join(", ", model.Network.Modules.Select(module => module.Name))}", nameof(model));
        if (ModelMetadata.WhyNotClasses(model.ClassNames, spec, model.Network.Loss) is string why)
            throw new ArgumentException($"the names of the classes: {why}", nameof(model));
        float[][] values = [.. model.Network.Layers.OfType<Linear>().SelectMany(layer =>
            (float[][])[layer.Weight.Value.ToArray(), layer.Bias.Value.ToArray()])];
        var metadata = new ModelMetadata(spec, model.Network.Loss, model.Window, model.Standardizer, model.ClassNames)
        { Targets = model.Targets, Columns = model.Columns };
        new StoredModel(metadata, values, []).Save(path);
    }

    /// <summary>Reads a model onto a device.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>.</exception>
    public static Model Load(string path, ComputeDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Read(path).Build(device);
    }

    /// <summary>Reads a model, onto no device yet.</summary>
    /// <param name="path">A safetensors or an .npz file of linear layers.</param>
    /// <param name="hints">What a file that another program wrote does not say; by default nothing.</param>
    /// <exception cref="InvalidDataException">
    /// The file is of another kind, damaged, or lacks what no hint says; the message names file, tensor or key, and what was expected.
    /// </exception>
    public static StoredModel Read(string path, ModelHints? hints = null)
    {
        hints ??= ModelHints.None;
        SafetensorsFile file = TensorFile.Read(path);
        if (file.Metadata.ContainsKey(StoredCheckpoint.Mark) || file.Metadata.ContainsKey(TrainingStateFile.Mark))
        {
            throw new InvalidDataException(
                $"{path}: is the state of a training that can go on, not a model; the model of a run is its model.safetensors");
        }
        ModelMetadata? metadata = ModelMetadata.Decode(path, file.Metadata);
        (LinearLayer[] layers, string[] others, bool turned) = LinearLayers.Find(path, file);
        var notes = new List<string>();
        if (metadata is not null && turned)
        {
            throw new InvalidDataException(
                $"{path}: its weights lie as (inputs, outputs); those of a model of gpumlp are (outputs, inputs)");
        }
        if (turned) notes.Add($"{path}: its weights lie as (inputs, outputs) and are taken so");
        if (metadata is not null) Check(path, metadata, layers, hints);
        else
        {
            (metadata, string? note) = ForeignModel.Describe(path, layers, hints);
            if (note is not null) notes.Add(note);
        }
        if (others.Length > 0)
            notes.Add($"{path}: tensors that belong to no linear layer are left out: {Quoted.List([.. others.Select(Quoted.Quote)])}");
        return new StoredModel(metadata, [.. layers.SelectMany(layer => Values(path, layer, hints.AllowNonfinite))], notes);
    }

    static void Check(string path, ModelMetadata metadata, LinearLayer[] layers, ModelHints hints)
    {
        NetworkSpec net = metadata.Net;
        for (int l = 0; l < Math.Max(net.Depth, layers.Length); l++)
        {
            if (l >= layers.Length || l >= net.Depth)
                throw new InvalidDataException($"{path}: {layers.Length} linear layers; the network {net} has {net.Depth}");
            if (layers[l].Inputs != net.Widths[l] || layers[l].Outputs != net.Widths[l + 1])
            {
                string needed = $"({net.Widths[l + 1]}, {net.Widths[l]}) is needed for the network {net}";
                throw new InvalidDataException($"{path}: tensor {LinearLayers.Shown(layers[l].Weight)}; {needed}");
            }
        }
        if (net.Depth > 1 && hints.Activation is Activation activation && activation != net.Activation)
            throw Contradicted(path, "activation", Activations.Names.Of(net.Activation), Activations.Names.Of(activation));
        if (hints.Loss is Losses.Loss loss && loss.Name != metadata.Loss.Name)
            throw Contradicted(path, "loss", metadata.Loss.Name, loss.Name);
    }

    static InvalidDataException Contradicted(string path, string what, string there, string given) =>
        new($"{path}: says that its {what} is {there}, not {given}; leave --{what} out");

    // weights (i,o) and biases (o), all checked before the network is made on a device
    static float[][] Values(string path, LinearLayer layer, bool allowNonfinite)
    {
        foreach (SafeTensor? tensor in (SafeTensor?[])[layer.Weight, layer.Bias])
        {
            if (!allowNonfinite && tensor is not null && tensor.Floats.Any(value => !float.IsFinite(value)))
            {
                throw new InvalidDataException($"{path}: tensor {Quoted.Quote(tensor.Name)} has a value that is not finite; " +
                    "--allow-nonfinite takes it as it is");
            }
        }
        return [StoredModel.Transpose(layer.Weight.Floats, layer.Outputs, layer.Inputs), layer.Bias?.Floats ?? new float[layer.Outputs]];
    }
}
