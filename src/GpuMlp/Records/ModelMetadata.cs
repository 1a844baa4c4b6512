using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Records;

/// <summary>What a model's file says of it beside the weights, as a safetensors file's strings.</summary>
/// <param name="Net">The network.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Window">The part of the plane that its pictures show.</param>
/// <param name="Standardizer">How its inputs were standardized.</param>
/// <param name="ClassNames">The names of the classes.</param>
sealed record ModelMetadata(
    NetworkSpec Net, Loss Loss, Window? Window, Standardizer? Standardizer, IReadOnlyList<string> ClassNames)
{
    // "format" is where other libraries look for "pt", PyTorch's layout; in version 1 it was gpumlp's own mark
    const string Format = "format", PyTorch = "pt", Mark = "gpumlp";
    const int Version = 2;

    /// <summary>How the targets of a regression were scaled.</summary>
    public Standardizer? Targets { get; init; }

    /// <summary>How its inputs were made of a table.</summary>
    public TablePreprocessor? Columns { get; init; }

    static readonly string[] Required = ["net", "activation", "loss", "classes"];

    /// <summary>The strings to write.</summary>
    /// <exception cref="ArgumentException">The loss is one of the user's own, which no file can name.</exception>
    public Dictionary<string, string> Encode()
    {
        if (Loss is HostLoss own)
            throw new ArgumentException(
                $"{own.Name} is a loss of your own, and a model file names one of {string.Join(", ", Losses.Loss.Names.All)}: give the "
                + "parameters to a network with one of these (NetworkSpec.Build, then LoadStateDict of StateDict) and save that");
        var metadata = new Dictionary<string, string>
        {
            [Format] = PyTorch,
            [Mark] = Version.ToString(CultureInfo.InvariantCulture),
            ["net"] = Net.ToString(),
            ["activation"] = Activations.Names.Of(Net.Activation),
            ["loss"] = Loss.Name,
            ["classes"] = JsonSerializer.Serialize([.. ClassNames], ModelJson.Default.StringArray),
        };
        if (Net.LinearOutput) metadata["output"] = "linear";       // else a sigmoid
        if (Window is Window window) metadata["window"] = window.ToString();
        if (Standardizer is not null)
            metadata["standardizer"] = Text(Standardizer);
        if (Targets is not null) metadata["targets"] = Text(Targets);
        if (Columns is not null) metadata["columns"] = ModelColumns.Write(Columns);
        return metadata;
    }

    /// <summary>Reads the strings; null if another program wrote them. Keys that are not known change nothing.</summary>
    /// <exception cref="InvalidDataException">A newer version wrote them, or one is missing or wrong; the message names it.</exception>
    public static ModelMetadata? Decode(string path, IReadOnlyDictionary<string, string> metadata)
    {
        if (!IsOurs(path, metadata)) return null;
        if (Required.FirstOrDefault(key => !metadata.ContainsKey(key)) is string missing)
            throw new InvalidDataException($"{path}: metadata '{missing}' is missing");
        NetworkSpec spec = ReadSpec(path, metadata);
        Loss loss = Read(path, "loss", metadata["loss"], Loss.Names.Parse);
        Read(path, "loss", metadata["loss"], _ => CheckOutput(spec, loss));
        Window? window = metadata.TryGetValue("window", out string? text) ? Read(path, "window", text, Grids.Window.Parse) : null;
        Standardizer? standardizer = metadata.TryGetValue("standardizer", out text)
            ? Read(path, "standardizer", text, json => ParseStandardizer(json, spec.Widths[0], "inputs")) : null;
        Standardizer? targets = metadata.TryGetValue("targets", out text)
            ? Read(path, "targets", text, json => ParseStandardizer(json, spec.Widths[^1], "outputs")) : null;
        string[] classes = Read(path, "classes", metadata["classes"], json => ParseClasses(json, spec, loss));
        if (targets is not null && classes.Length > 0)
            throw Bad(path, "targets", metadata["targets"], "the network returns classes and no numbers");
        TablePreprocessor? columns = metadata.TryGetValue("columns", out text)
            ? Read(path, "columns", text, json => ModelColumns.Read(json, classes, spec.Widths[0], spec.Widths[^1])) : null;
        return new ModelMetadata(spec, loss, window, standardizer, classes) { Targets = targets, Columns = columns };
    }

    /// <summary>Whether this program wrote the strings of a model.</summary>
    public static bool IsThere(IReadOnlyDictionary<string, string> metadata) =>
        metadata.ContainsKey(Mark) || metadata.GetValueOrDefault(Format) == Mark;

    static bool IsOurs(string path, IReadOnlyDictionary<string, string> metadata)
    {
        bool first = metadata.GetValueOrDefault(Format) == Mark;
        if ((first ? metadata.GetValueOrDefault("version") : metadata.GetValueOrDefault(Mark)) is not string text)
            return first ? throw new InvalidDataException($"{path}: metadata 'version' is missing") : false;
        if (int.TryParse(text.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) && major is > 0 and <= Version)
            return true;
        throw Bad(path, first ? "version" : Mark, text,
            major > Version ? $"a newer gpumlp wrote it; this one reads up to {Version}" : $"a version from 1 to {Version} is needed");
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

    static string Text(Standardizer standardizer) => JsonSerializer.Serialize(
        new StandardizerJson([.. standardizer.Mean], [.. standardizer.Deviation]), ModelJson.Default.StandardizerJson);

    static Standardizer ParseStandardizer(string json, int width, string of)
    {
        StandardizerJson read = JsonSerializer.Deserialize(json, ModelJson.Default.StandardizerJson)
            ?? throw new FormatException("an object is needed");
        if (read.Mean.Length != width) throw new FormatException($"{read.Mean.Length} means for {width} {of}");
        return new Standardizer(read.Mean, read.Deviation);
    }

    static string[] ParseClasses(string json, NetworkSpec spec, Loss loss)
    {
        string[] names = JsonSerializer.Deserialize(json, ModelJson.Default.StringArray)
            ?? throw new FormatException("an array of names is needed");
        return WhyNotClasses(names, spec, loss) is string why ? throw new FormatException(why) : names;
    }

    /// <summary>Why names do not suit a network; null if they do.</summary>
    /// <remarks>
    /// A network that returns numbers has no names; one trained by mse on labels of a single class has one name, or none as a regression.
    /// </remarks>
    public static string? WhyNotClasses(IReadOnlyCollection<string?> names, NetworkSpec spec, Loss loss)
    {
        int classes = Math.Max(2, spec.Widths[^1]);
        if (loss.Labels == LabelKind.Number && spec.LinearOutput)
            return names.Count == 0 ? null : $"{names.Count} names, but the network returns numbers";
        if (names.Count != classes && !(loss.Labels == LabelKind.Number && names.Count < 2))
            return $"{names.Count} names, but the network tells {classes} classes apart";
        if (!names.All(name => name is { Length: > 0 and <= ModelFile.LongestClassName }))
            return $"a name has 1 to {ModelFile.LongestClassName} characters";
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
