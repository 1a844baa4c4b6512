using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Formats;
using GpuMlp.Records;

namespace GpuMlp.Cli.Sweep;

/// <summary>The record of a sweep, its run.json.</summary>
/// <param name="SchemaVersion">The version of this record's format.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Options">The values of each option that has a list, and the options that all networks share.</param>
/// <param name="Device">The device that trained.</param>
/// <param name="Engine">The engine that trained.</param>
/// <param name="Networks">Number of networks.</param>
/// <param name="Diverged">How many of them diverged.</param>
/// <param name="Steps">Steps of each network.</param>
/// <param name="Plan">How the sweep was cut up.</param>
/// <param name="Best">The network in best.safetensors; null if every network diverged.</param>
/// <param name="StopReason">completed or cancelled.</param>
/// <param name="Timings">The durations of the stages.</param>
sealed record SweepRecord(
    int SchemaVersion, string Version, IReadOnlyDictionary<string, string[]> Options, RunDevice Device, string Engine,
    int Networks, int Diverged, int Steps, SweepPlan Plan, SweepBest? Best, string StopReason, SweepTimings Timings)
{
    /// <summary>The names of the files that the sweep wrote; absent where it wrote none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>The rows of the models that were kept, the best first; absent where only the best one was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Top { get; init; }

    /// <summary>Which rung of a sweep by halving it is; absent where it is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SweepRung? Rung { get; init; }

    public void Save(string path) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, SweepJson.Default.SweepRecord));

    public string ToJson() => JsonSerializer.Serialize(this, SweepJson.Default.SweepRecord);
}

/// <summary>How many networks are trained and kept together at most, and the most steps per launch.</summary>
sealed record SweepPlan(int Block, int StepsPerLaunch);

/// <summary>The best network: its row of sweep.csv, counted from 1, and the config and data with which train makes it again.</summary>
/// <param name="Row">Its row of sweep.csv, counted from 1.</param>
/// <param name="Config">The config with which train makes it again.</param>
/// <param name="Data">The data that the config names.</param>
/// <param name="FinalLoss">Its last step's loss.</param>
/// <param name="MeanLossLast1000">The mean of its last 1,000 losses.</param>
/// <param name="Accuracy">On the rows that it was trained on.</param>
/// <param name="By">What it is the best by.</param>
sealed record SweepBest(
    int Row, JsonElement Config, RunData Data, float? FinalLoss, float? MeanLossLast1000, double? Accuracy, string By)
{
    /// <summary>Its loss on the validation rows; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationLoss { get; init; }

    /// <summary>Its accuracy on the validation rows; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationAccuracy { get; init; }

    /// <summary>What networks of its setting reach over all seeds: accuracy, or for numbers the loss; absent without validation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MeanAndDeviation? OverSeeds { get; init; }
}

/// <summary>
/// Durations in seconds, each until the device has finished; <paramref name="Load"/> is the making of the data and the initial weights.
/// </summary>
sealed record SweepTimings(double Open, double Compile, double Load, double Train, double Evaluate, double Plot, double Total);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SweepRecord))]
[JsonSerializable(typeof(ShardHeader))]
[JsonSerializable(typeof(KeptSettings))]
sealed partial class SweepJson : JsonSerializerContext;
