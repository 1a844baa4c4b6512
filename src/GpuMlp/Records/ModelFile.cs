using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Records;

/// <summary>A trained network as a file holds it.</summary>
/// <param name="Network">The network; the code that loads it disposes it.</param>
/// <param name="Window">The part of the input plane that its pictures show, in the data's own units; null if there is none.</param>
/// <param name="Standardizer">How its inputs were standardized; null if they are the data's own values.</param>
/// <param name="ClassNames">The name of each class, by class number; empty if the network returns numbers.</param>
public sealed record Model(Sequential Network, Window? Window, Standardizer? Standardizer, IReadOnlyList<string> ClassNames);

/// <summary>
/// Networks as safetensors: tensors named and laid out as PyTorch's state_dict of a torch.nn.Sequential of the same layers,
/// <c>0.weight</c> (o,i), <c>0.bias</c> (o), <c>2.weight</c>, …, and metadata that rebuilds the network.
/// </summary>
public static class ModelFile
{
    const string Format = "gpumlp", Version = "1";
    /// <summary>The most characters of a class name.</summary>
    public const int LongestClassName = 1000;

    static readonly string[] Required = ["format", "version", "net", "activation", "loss", "classes"];
    static readonly string[] Optional = ["output", "window", "standardizer"];

    /// <summary>Writes a model atomically: equal models give equal bytes.</summary>
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
        Linear[] layers = [.. model.Network.Layers.OfType<Linear>()];
        if (WhyNotClasses(model.ClassNames, spec, model.Network.Loss) is string why)
            throw new ArgumentException($"the names of the classes: {why}", nameof(model));
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["version"] = Version,
            ["net"] = spec.ToString(),
            ["activation"] = Activations.Names.Of(spec.Activation),
            ["loss"] = model.Network.Loss.Name,
            ["classes"] = JsonSerializer.Serialize([.. model.ClassNames], ModelJson.Default.StringArray),
        };
        if (spec.LinearOutput) metadata["output"] = "linear";      // else a sigmoid
        if (model.Window is Window window) metadata["window"] = window.ToString();
        if (model.Standardizer is Standardizer standardizer)
            metadata["standardizer"] = JsonSerializer.Serialize(
                new StandardizerJson([.. standardizer.Mean], [.. standardizer.Deviation]), ModelJson.Default.StandardizerJson);

        var tensors = new List<SafeTensor>();
        for (int l = 0; l < layers.Length; l++)
        {
            (int i, int o) = (spec.Widths[l], spec.Widths[l + 1]);
            tensors.Add(SafeTensor.Float32($"{2 * l}.weight", [o, i], Transpose(layers[l].Weight.Value.ToArray(), i, o)));
            tensors.Add(SafeTensor.Float32($"{2 * l}.bias", [o], layers[l].Bias.Value.ToArray()));
        }
        new SafetensorsFile(tensors, metadata).Write(path);
    }

    /// <summary>Reads a model that <see cref="Save"/> wrote, onto a device.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is another, or damaged; the message names file, tensor or key, and what was expected.
    /// </exception>
    public static Model Load(string path, ComputeDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Read(path).Build(device);
    }

    /// <summary>Reads a model that <see cref="Save"/> wrote, onto no device yet.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is of another kind, or damaged; the message names file, tensor or key, and what was expected.
    /// </exception>
    public static StoredModel Read(string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        IReadOnlyDictionary<string, string> metadata = file.Metadata;
        if (metadata.GetValueOrDefault("format") != Format)
            throw new InvalidDataException($"{path}: not a model of gpumlp: its metadata has no \"format\": \"{Format}\"");
        if (metadata.GetValueOrDefault("version") != Version)
            throw Bad(path, "version", metadata.GetValueOrDefault("version"), $"this program reads {Version}");
        if (Required.FirstOrDefault(key => !metadata.ContainsKey(key)) is string missing)
            throw new InvalidDataException($"{path}: metadata '{missing}' is missing");
        if (metadata.Keys.Except([.. Required, .. Optional]).FirstOrDefault() is string unknown)
            throw new InvalidDataException($"{path}: metadata {Quoted.Quote(unknown)} is unknown");

        NetworkSpec spec = ReadSpec(path, metadata);
        Loss loss = Read(path, "loss", metadata["loss"], Loss.Names.Parse);
        Read(path, "loss", metadata["loss"], _ => CheckOutput(spec, loss));
        Window? window = metadata.TryGetValue("window", out string? text) ? Read(path, "window", text, Window.Parse) : null;
        Standardizer? standardizer = metadata.TryGetValue("standardizer", out text)
            ? Read(path, "standardizer", text, json => ParseStandardizer(json, spec)) : null;
        string[] classes = Read(path, "classes", metadata["classes"], json => ParseClasses(json, spec, loss));

        return new StoredModel(spec, loss, window, standardizer, classes, ReadTensors(path, file, spec));
    }

    static NetworkSpec ReadSpec(string path, IReadOnlyDictionary<string, string> metadata)
    {
        Activation activation = Read(path, "activation", metadata["activation"], Activations.Names.Parse);
        bool linear = metadata.TryGetValue("output", out string? output) && output == "linear";
        if (output is not (null or "linear"))
            throw Bad(path, "output", output, "allowed is linear; a network that ends in a sigmoid has none");
        return Read(path, "net", metadata["net"], net => NetworkSpec.Parse(net, activation)) with { LinearOutput = linear };
    }

    // a file can come from anywhere, so its network is checked to suit its loss
    static Loss CheckOutput(NetworkSpec spec, Loss loss)
    {
        if (loss.Labels != LabelKind.Class || (spec.LinearOutput && spec.Widths[^1] > 1)) return loss;
        string output = spec.LinearOutput ? "a linear" : "a sigmoid";
        throw new FormatException(
            $"{loss.Name} needs a linear output of two columns or more, this network is {spec} with {output} output");
    }

    // weights (i,o) and biases (o) in turn, all checked before the network is made on a device
    static float[][] ReadTensors(string path, SafetensorsFile file, NetworkSpec spec)
    {
        var values = new List<float[]>();
        for (int l = 0; l < spec.Depth; l++)
        {
            (int i, int o) = (spec.Widths[l], spec.Widths[l + 1]);
            values.Add(Transpose(ReadTensor(path, file, $"{2 * l}.weight", [o, i]), o, i));
            values.Add(ReadTensor(path, file, $"{2 * l}.bias", [o]));
        }
        if (file.Tensors.Count != values.Count)
            throw new InvalidDataException($"{path}: {file.Tensors.Count} tensors; the network {spec} has {values.Count}");
        return [.. values];
    }

    static float[] ReadTensor(string path, SafetensorsFile file, string name, int[] shape)
    {
        SafeTensor tensor = file.Find(name) ?? throw new InvalidDataException($"{path}: tensor '{name}' is missing");
        if (!tensor.Shape.SequenceEqual(shape))
            throw new InvalidDataException(
                $"{path}: tensor '{name}' has shape {RawBytes.Text([.. tensor.Shape])}; ({string.Join(", ", shape)}) is needed");
        if (tensor.Dtype != "F32") throw new InvalidDataException($"{path}: tensor '{name}' holds {tensor.Dtype}; F32 is needed");
        if (!tensor.Floats.All(float.IsFinite)) throw new InvalidDataException($"{path}: tensor '{name}' has a value that is not finite");
        return tensor.Floats;
    }

    static float[] Transpose(float[] values, int rows, int columns)
    {
        var transposed = new float[values.Length];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++) transposed[column * rows + row] = values[row * columns + column];
        return transposed;
    }

    static Standardizer ParseStandardizer(string json, NetworkSpec spec)
    {
        StandardizerJson read = JsonSerializer.Deserialize(json, ModelJson.Default.StandardizerJson)
            ?? throw new FormatException("an object is needed");
        if (read.Mean.Length != spec.Widths[0]) throw new FormatException($"{read.Mean.Length} means for {spec.Widths[0]} inputs");
        return new Standardizer(read.Mean, read.Deviation);
    }

    static string[] ParseClasses(string json, NetworkSpec spec, Loss loss)
    {
        string[] names = JsonSerializer.Deserialize(json, ModelJson.Default.StringArray)
            ?? throw new FormatException("an array of names is needed");
        return WhyNotClasses(names, spec, loss) is string why ? throw new FormatException(why) : names;
    }

    // a network that returns numbers has no names; one trained by mse on labels of a single class has one name, or none as a regression
    static string? WhyNotClasses(IReadOnlyCollection<string?> names, NetworkSpec spec, Loss loss)
    {
        int classes = Math.Max(2, spec.Widths[^1]);
        if (loss.Labels == LabelKind.Number && spec.LinearOutput)
            return names.Count == 0 ? null : $"{names.Count} names, but the network returns numbers";
        if (names.Count != classes && !(loss.Labels == LabelKind.Number && names.Count < 2))
            return $"{names.Count} names, but the network tells {classes} classes apart";
        if (!names.All(name => name is { Length: > 0 and <= LongestClassName })) return $"a name has 1 to {LongestClassName} characters";
        return names.All(name => SafetensorsHeader.IsText(name!)) ? null : "a name holds half a surrogate pair, which no file can hold";
    }

    static T Read<T>(string path, string key, string text, Func<string, T> read)
    {
        try { return read(text); }
        catch (Exception e) when (e is FormatException or ArgumentException or JsonException) { throw Bad(path, key, text, e.Message); }
    }

    static InvalidDataException Bad(string path, string key, string? value, string why) =>
        new($"{path}: metadata '{key}' is {Quoted.Quote(value)}: {why}");
}

sealed record StandardizerJson(double[] Mean, double[] Deviation);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(StandardizerJson))]
sealed partial class ModelJson : JsonSerializerContext;
