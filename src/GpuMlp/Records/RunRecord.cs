using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Formats;

namespace GpuMlp.Records;

/// <summary>The record of a training run, run.json: what was asked for, what it ran on, and the results.</summary>
public sealed record RunRecord
{
    /// <summary>The version of the file format that this program writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The version of the file format.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>The settings that were asked for.</summary>
    public required TrainConfig Config { get; init; }

    /// <summary>The data that it trained on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunData? Data { get; init; }

    /// <summary>The device that it ran on.</summary>
    public required RunDevice Device { get; init; }

    /// <summary>The engine that trained.</summary>
    public required string Engine { get; init; }

    /// <summary>Why that engine trained, with the limit that decided; absent if there was no choice.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EngineReason { get; init; }

    /// <summary>The initialization that was used; the config may say auto.</summary>
    public required string Init { get; init; }

    /// <summary>Number of trained values.</summary>
    public required long Parameters { get; init; }

    /// <summary>Steps made.</summary>
    public required int Steps { get; init; }

    /// <summary>The last step's loss; null if no step was made or it is not finite.</summary>
    public required float? FinalLoss { get; init; }

    /// <summary>The mean of the last 1,000 losses; null if no step was made or it is not finite.</summary>
    public required float? MeanLossLast1000 { get; init; }

    /// <summary>
    /// The share of the training rows whose predicted class is their label, in [0, 1]; null for a regression, and if the network diverged.
    /// </summary>
    public required double? Accuracy { get; init; }

    /// <summary>The root of the mean squared error over the training rows, for a regression; absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RootMeanSquareError { get; init; }

    /// <summary>How well the network does on each part of the data; absent if it diverged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunMetrics? Metrics { get; init; }

    /// <summary>How much a row of each class counted in the training loss, by class name; absent if all counted alike.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, float>? ClassWeights { get; init; }

    /// <summary>How the rows were shared out; absent if all of them were trained on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunSplit? Split { get; init; }

    /// <summary>completed, cancelled, diverged, or patience where the validation loss did not fall any more.</summary>
    public required string StopReason { get; init; }

    /// <summary>After how many steps the network had the parameters that were kept; absent if that is after the last step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RestoredSteps { get; init; }

    /// <summary>The step that diverged; absent if none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? DivergedStep { get; init; }

    /// <summary>The names of the files that the run wrote, or of folders of such files; absent if it wrote nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>How long each part of the run took.</summary>
    public required RunTimings Timings { get; init; }

    /// <summary>A config as records hold it.</summary>
    public static JsonElement ToJson(TrainConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return JsonSerializer.SerializeToElement(config, RunJson.Default.TrainConfig);
    }

    /// <summary>Writes the record atomically.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, RunJson.Default.RunRecord));

    /// <summary>The record as JSON text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Default.RunRecord);

    /// <summary>
    /// Reads the config of a record, or of any JSON object with a <c>config</c> in it; everything else in the file is ignored.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// The file is no such object, is longer than 1 MiB, or has an unknown setting or a value of a wrong type in its config.
    /// </exception>
    public static TrainConfig ReadConfig(string path) => ReadReplay(path).Config;

    /// <summary>Reads a config as <see cref="ReadConfig(string)"/> does, from text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InvalidDataException">As for <see cref="ReadConfig(string)"/>.</exception>
    public static TrainConfig ReadConfig(string json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(name);
        return ReadReplay(Encoding.UTF8.GetBytes(json), name).Config;
    }

    /// <summary>Reads the config of a record and the data that it was used on; of a sweep's record those of its best network.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="ReadConfig(string)"/>.</exception>
    public static Replay ReadReplay(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return ReadReplay(InputFile.ReadAll(path, LongestConfig), path);
    }

    /// <summary>Reads the bytes of a record.</summary>
    internal static Replay ReadReplay(byte[] bytes, string path)
    {
        try
        {
            ConfigHolder holder = JsonSerializer.Deserialize(ReadText(bytes, path), RunJson.Default.ConfigHolder)
                ?? throw new InvalidDataException($"{path}: {NoObject}");
            if (holder is not { SchemaVersion: CurrentSchema or null })
                throw new InvalidDataException($"{path}: schemaVersion {holder.SchemaVersion}; this version reads {CurrentSchema}");
            if (holder.Config is not null) return new Replay(holder.Config, ReadData(holder.Data));
            return holder.Best is { Config: TrainConfig best } row ? new Replay(best, ReadData(row.Data))
                : throw new InvalidDataException($"{path}: there is no object 'config' in it, which holds the settings");
        }
        catch (JsonException e)
        {
            string where = e.LineNumber is long line ? $":{line + 1}:{e.BytePositionInLine + 1}" : "";
            throw new InvalidDataException($"{path}{where}: {Explain(e)}", e);
        }
    }

    // results are ignored: what is no description of data says nothing
    static RunData? ReadData(JsonElement? data)
    {
        if (data is not { ValueKind: JsonValueKind.Object } found) return null;
        string? Text(string name) =>
            found.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        int rows = found.TryGetProperty("rows", out JsonElement count) && count.TryGetInt32(out int number) ? number : 0;
        return new RunData(Text("path"), rows, Text("hash") ?? "")
        {
            Validation = Text("validation"),
            ValidationPath = Text("validationPath"),
            Test = Text("test"),
            TestPath = Text("testPath"),
        };
    }

    const string NoObject = "is no JSON object, which is needed, with the settings under 'config'";
    const string NoObjectIsNeeded = "a JSON object is needed, with the settings under 'config'";
    const int LongestConfig = 1 << 20;

    // editors and shells of Windows begin a file with a byte order mark, and some write UTF-16
    static string ReadText(byte[] bytes, string path)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(bytes), new UTF8Encoding(false, throwOnInvalidBytes: true));
            string text = reader.ReadToEnd();
            if (text.AsSpan().Trim().Length > 0) return text;
            throw new InvalidDataException($"{path}: the file is empty; {NoObjectIsNeeded}");
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{path}: is not UTF-8", e);
        }
    }

    // System.Text.Json's messages name .NET types, which mean nothing to a reader of the file
    static string Explain(JsonException e)
    {
        if (e is SettingException) return e.InnerException!.Message;
        if (e.InnerException is JsonException syntax)
            return $"not JSON: {syntax.Message.Split(" LineNumber")[0].Split(" which is not supported in this mode")[0]}";
        string at = e.Path is null or "$" ? "the file" : Quoted.Cut(e.Path[2..]);
        if (e.Message.Contains("uplicate")) return $"{at} stands there twice";
        if (e.Path == "$") return NoObject;
        return $"{at} has a value of another type than the setting takes";
    }

    /// <summary>A number as JSON can hold it: null if it is not finite.</summary>
    public static float? Finite(float value) => float.IsFinite(value) ? value : null;

    /// <inheritdoc cref="Finite(float)"/>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>The device that a run ran on.</summary>
/// <param name="Kind">cpu, cpu:ilgpu, opencl or cuda.</param>
/// <param name="Name">The driver's name for it.</param>
/// <param name="SameBits">Whether it gives the same bits as the processor, as its self-test found, or only close results.</param>
/// <param name="WhyNotSameBits">How its arithmetic differs; absent if it does not.</param>
public sealed record RunDevice(
    string Kind, string Name, bool SameBits,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WhyNotSameBits);

/// <summary>The seconds that each part of a run took; each part ends when the device has finished its work.</summary>
/// <param name="Open">Finding and opening the device.</param>
/// <param name="Compile">Compiling kernels and the first step.</param>
/// <param name="Train">All steps.</param>
/// <param name="Evaluate">Accuracies and the grids of the pictures.</param>
/// <param name="Plot">Drawing and writing the pictures, without the drawing that went on while the device evaluated.</param>
/// <param name="Total">The whole command, without writing this record.</param>
public sealed record RunTimings(double Open, double Compile, double Train, double Evaluate, double Plot, double Total);

/// <summary>The part of a run.json that is read back.</summary>
sealed record ConfigHolder(int? SchemaVersion, TrainConfig? Config, JsonElement? Data, BestHolder? Best);

/// <summary>The best network of a sweep's record.</summary>
sealed record BestHolder(TrainConfig? Config, JsonElement? Data);

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(EvaluationRecord))]
[JsonSerializable(typeof(ConfigHolder))]
[JsonSerializable(typeof(CheckpointRecord))]
sealed partial class RunJson : JsonSerializerContext;
