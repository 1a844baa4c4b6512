using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Formats;

namespace GpuMlp.Records;

/// <summary>The record of a training run, run.json: what was asked for, on what it ran and what came out.</summary>
public sealed record RunRecord
{
    /// <summary>The version of this form.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The version of the file's form.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>What was asked for.</summary>
    public required TrainConfig Config { get; init; }

    /// <summary>What it ran on.</summary>
    public required RunDevice Device { get; init; }

    /// <summary>The engine that trained.</summary>
    public required string Engine { get; init; }

    /// <summary>Why that engine, with the limit that decided; absent where there was no choice.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EngineReason { get; init; }

    /// <summary>The initialization that was used, where the config may say auto.</summary>
    public required string Init { get; init; }

    /// <summary>Number of trained values.</summary>
    public required long Parameters { get; init; }

    /// <summary>Steps made.</summary>
    public required int Steps { get; init; }

    /// <summary>The last step's loss; null where there is none or it is not finite.</summary>
    public required float? FinalLoss { get; init; }

    /// <summary>The mean of the last 1,000 losses; null where there is none or it is not finite.</summary>
    public required float? MeanLossLast1000 { get; init; }

    /// <summary>The share of the data whose predicted class is its label, in [0, 1]; null where a diverged network or a
    /// regression has none.</summary>
    public required double? Accuracy { get; init; }

    /// <summary>The root of the mean squared error over the data, of a regression; absent elsewhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RootMeanSquareError { get; init; }

    /// <summary>How the network does on the data; absent where it diverged.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunMetrics? Metrics { get; init; }

    /// <summary>completed, cancelled or diverged.</summary>
    public required string StopReason { get; init; }

    /// <summary>The step that diverged; absent where none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? DivergedStep { get; init; }

    /// <summary>The names of what the run wrote, a folder's for what is in it; absent where it wrote nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>Where the time went.</summary>
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

    /// <summary>Reads the config of a record, or of any JSON object with a <c>config</c> in it; all else in the file is ignored.</summary>
    /// <exception cref="InvalidDataException">The file is not such an object of 1 MiB at most, or the config has an unknown setting or a value of a wrong type.</exception>
    public static TrainConfig ReadConfig(string path)
    {
        try
        {
            ConfigHolder holder = JsonSerializer.Deserialize(ReadText(path), RunJson.Default.ConfigHolder) ?? throw new InvalidDataException($"{path}: {NoObject}");
            if (holder is not { SchemaVersion: CurrentSchema or null })
                throw new InvalidDataException($"{path}: schemaVersion {holder.SchemaVersion}; this version reads {CurrentSchema}");
            return holder.Config ?? throw new InvalidDataException($"{path}: there is no object 'config' in it, which holds the settings");
        }
        catch (JsonException e)
        {
            string where = e.LineNumber is long line ? $":{line + 1}:{e.BytePositionInLine + 1}" : "";
            throw new InvalidDataException($"{path}{where}: {Explain(e)}", e);
        }
    }

    const string NoObject = "is no JSON object, which is needed, with the settings under 'config'";
    const string NoObjectIsNeeded = "a JSON object is needed, with the settings under 'config'";
    const int LongestConfig = 1 << 20;

    // editors and shells of Windows put a byte order mark in front, of UTF-16 too
    static string ReadText(string path)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(InputFile.ReadAll(path, LongestConfig)), new UTF8Encoding(false, throwOnInvalidBytes: true));
            string text = reader.ReadToEnd();
            return text.AsSpan().Trim().Length > 0 ? text : throw new InvalidDataException($"{path}: the file is empty; {NoObjectIsNeeded}");
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{path}: is not UTF-8", e);
        }
    }

    // System.Text.Json names .NET types, which say nothing to a reader of the file
    static string Explain(JsonException e)
    {
        if (e is SettingException) return e.InnerException!.Message;
        if (e.InnerException is JsonException syntax) return $"not JSON: {syntax.Message.Split(" LineNumber")[0]}";
        string at = e.Path is null or "$" ? "the file" : Quoted.Cut(e.Path[2..]);
        if (e.Message.Contains("uplicate")) return $"{at} stands there twice";
        if (e.Path == "$") return NoObject;
        return $"{at} has a value of another type than the setting takes";
    }

    /// <summary>A number as JSON can hold it: null where it is not finite.</summary>
    public static float? Finite(float value) => float.IsFinite(value) ? value : null;

    /// <inheritdoc cref="Finite(float)"/>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>What a run ran on.</summary>
/// <param name="Kind">cpu, cpu:ilgpu, opencl or cuda.</param>
/// <param name="Name">The driver's name for it.</param>
/// <param name="SameBits">Whether it rounds as the processor does, as its self-test saw: equal, or only close.</param>
/// <param name="WhyNotSameBits">What it does otherwise; absent where nothing.</param>
public sealed record RunDevice(
    string Kind, string Name, bool SameBits, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WhyNotSameBits);

/// <summary>How a trained network does.</summary>
/// <param name="Training">On the rows that it was trained on.</param>
public sealed record RunMetrics(RowMetrics Training);

/// <summary>How a network does on some rows.</summary>
/// <param name="Loss">The mean of the rows' losses; null where it is not finite.</param>
/// <param name="Accuracy">The share of the rows whose predicted class is their label; null of a regression.</param>
public sealed record RowMetrics(double? Loss, double? Accuracy);

/// <summary>Seconds, each to a synchronised end.</summary>
/// <param name="Open">Finding and opening the device.</param>
/// <param name="Compile">Compiling kernels and the first step.</param>
/// <param name="Train">All steps.</param>
/// <param name="Evaluate">Accuracies and the grids of the pictures.</param>
/// <param name="Plot">Drawing and writing the pictures, but for what was drawn while the device evaluated.</param>
/// <param name="Total">The whole command, but for writing this record.</param>
public sealed record RunTimings(double Open, double Compile, double Train, double Evaluate, double Plot, double Total);

/// <summary>The part of a run.json that is read back.</summary>
sealed record ConfigHolder(int? SchemaVersion, TrainConfig? Config);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(ConfigHolder))]
sealed partial class RunJson : JsonSerializerContext;
