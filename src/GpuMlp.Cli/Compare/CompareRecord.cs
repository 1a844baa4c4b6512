using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Formats;
using GpuMlp.Records;

namespace GpuMlp.Cli.Compare;

/// <summary>The record of a comparison, its compare.json.</summary>
/// <param name="SchemaVersion">The version of this record's format.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Config">The settings that all trainings shared.</param>
/// <param name="Data">The data that they trained on.</param>
/// <param name="Parameters">The number of weights and biases.</param>
/// <param name="Grid">The points that the networks were compared at; null where there is no picture of them.</param>
/// <param name="Rows">One row per device and engine; a row may say why there was no training.</param>
/// <param name="Crossovers">From which sizes devices are faster than the CPU, by what bench measured.</param>
/// <param name="NotMeasured">Devices that bench has not measured on this machine.</param>
/// <param name="Timings">The durations.</param>
sealed record CompareRecord(
    int SchemaVersion, string Version, JsonElement Config, RunData Data, long Parameters, CompareGrid? Grid, CompareRow[] Rows,
    CompareCrossover[] Crossovers, string[] NotMeasured, CompareTimings Timings)
{
    /// <summary>The names of the files that the comparison wrote.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    public void Save(string path) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, CompareJson.Default.CompareRecord));

    public string ToJson() => JsonSerializer.Serialize(this, CompareJson.Default.CompareRecord);
}

/// <summary>The points of a grid over what pictures show.</summary>
sealed record CompareGrid(string Window, int Width, int Height);

/// <summary>The seconds of the whole comparison.</summary>
sealed record CompareTimings(double Total);

/// <summary>One device with one engine.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Name">The device's name.</param>
/// <param name="Engine">The engine; null where the device is not there.</param>
/// <param name="LeftOut">Why there was no training; null if there was.</param>
/// <param name="Failed">Whether the device is there and failed.</param>
sealed record CompareRow(string Device, string Name, string? Engine, string? LeftOut = null, bool Failed = false)
{
    /// <summary>How the device's arithmetic differs from the processor's, by its own test; null if it does not.</summary>
    public string? WhyNotSameBits { get; init; }

    /// <summary>The seconds of each part.</summary>
    public RowTimings? Timings { get; init; }

    /// <summary>Steps made.</summary>
    public int? Steps { get; init; }

    /// <summary>completed, patience or diverged.</summary>
    public string? StopReason { get; init; }

    /// <summary>The last step's loss; null if it is not finite.</summary>
    public float? FinalLoss { get; init; }

    /// <summary>The share of the training rows that are predicted right; null for numbers.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The SHA-256 of the weights and biases in order, as little-endian float32.</summary>
    public string? WeightsSha256 { get; init; }

    /// <summary>Kernels launched while training; on the CPU, ops run as .NET code.</summary>
    public long? Launches { get; init; }

    /// <summary>Bytes copied to the device's buffers while training.</summary>
    public long? BytesToDevice { get; init; }

    /// <summary>Bytes copied from the device's buffers while training.</summary>
    public long? BytesToHost { get; init; }

    /// <summary>The row that this one is compared with, as device and engine; null for the first.</summary>
    public string? ComparedWith { get; init; }

    /// <summary>Whether every weight and every loss has the same bits; null for the first row.</summary>
    public bool? SameBits { get; init; }

    /// <summary>How it differs; null where it does not.</summary>
    public RowDifference? Difference { get; init; }

    /// <summary>The row as others name it.</summary>
    [JsonIgnore]
    public string Title => Engine is null ? Device : $"{Device} {Engine}";
}

/// <summary>
/// The seconds of a training: finding and opening the device; compiling or loading kernels, and the first step; all steps; judging, and the
/// grid. Each ends when the device has finished.
/// </summary>
sealed record RowTimings(double Open, double Compile, double Train, double Evaluate, double Total);

/// <summary>How a training differs from the one that it is compared with.</summary>
/// <param name="FirstStep">The first step, from 0, whose loss differs or that leaves other weights.</param>
/// <param name="FirstLoss">The first step whose loss differs; null if all losses are the same.</param>
/// <param name="FirstWeights">The first step that leaves other weights; null if none does.</param>
/// <param name="Loss">The loss of FirstLoss.</param>
/// <param name="OtherLoss">The other training's loss of that step.</param>
/// <param name="LargestLoss">The largest distance between two losses of one step.</param>
/// <param name="DifferentWeights">How many weights differ at the end.</param>
/// <param name="LargestWeight">The largest distance between two weights at the end; null if it is not finite.</param>
/// <param name="LargestWeightAt">The weight with that distance.</param>
/// <param name="Pixels">Points of the grid that lie on the other side of the boundary; null where there are no classes.</param>
/// <param name="LargestOutput">The largest distance between two outputs on the grid; null where there is no grid.</param>
sealed record RowDifference(
    int? FirstStep, int? FirstLoss, int? FirstWeights, float? Loss, float? OtherLoss, double LargestLoss, int DifferentWeights,
    double? LargestWeight, string? LargestWeightAt, int? Pixels, double? LargestOutput);

/// <summary>From which size on a device is faster than the CPU.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Of">What grows: hidden width, batch, networks or grid side.</param>
/// <param name="From">The smallest size from which on it is faster; null if there is none up to UpTo.</param>
/// <param name="UpTo">The largest size that was tried; 0 where bench has measured no such work.</param>
/// <param name="BeyondMeasured">Whether that is an extrapolation of what was measured.</param>
sealed record CompareCrossover(string Device, string Of, int? From, int UpTo, bool BeyondMeasured);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CompareRecord))]
sealed partial class CompareJson : JsonSerializerContext;
