using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Formats;
using GpuMlp.Records;

namespace GpuMlp.Cli.Map;

/// <summary>The record of a map, its run.json.</summary>
/// <param name="SchemaVersion">The version of this record's format.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Options">The options that make this map again, but the device.</param>
/// <param name="X">The axis from left to right, zoomed.</param>
/// <param name="Y">The axis from the bottom to the top, zoomed.</param>
/// <param name="Device">The device that trained.</param>
/// <param name="Data">The data that all pixels share.</param>
/// <param name="Values">What the numbers of map.npy are.</param>
/// <param name="Converged">How many pixels converged; the others diverged.</param>
/// <param name="Diverged">How many pixels diverged.</param>
/// <param name="Zoom">How much deeper the map is than the axes that were given, and how deep float32 goes there.</param>
/// <param name="Plan">How the networks shared the device's memory.</param>
/// <param name="Timings">The durations of the stages.</param>
/// <param name="Outputs">The names of the files.</param>
sealed record MapRecord(
    int SchemaVersion, string Version, IReadOnlyDictionary<string, string> Options, string X, string Y, RunDevice Device, RunData Data,
    string Values, int Converged, int Diverged, MapZoom Zoom, MapPlan Plan, MapTimings Timings, IReadOnlyList<string> Outputs)
{
    public void Save(string path) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, MapJson.Default.MapRecord));

    /// <summary>Reads a record; null if the text is none.</summary>
    public static MapRecord? Of(string json)
    {
        try { return JsonSerializer.Deserialize(json, MapJson.Default.MapRecord); }
        catch (JsonException) { return null; }
    }

    /// <summary>How a map differs from this one; null if it is the same.</summary>
    public string? WhyNotOf(string version, IReadOnlyDictionary<string, string> options, RunData data)
    {
        if (version != Version) return $"one is of version {Version}, the other of {version}";
        foreach (string name in Options.Keys.Concat(options.Keys).Distinct())
        {
            string here = Options.GetValueOrDefault(name, "not given"), there = options.GetValueOrDefault(name, "not given");
            if (here != there) return $"--{name} is {here} in one and {there} in the other";
        }
        return data.Hash == Data.Hash && data.Rows == Data.Rows ? null : "their data differs";
    }

    /// <summary>The record of two parts together.</summary>
    public MapRecord And(MapRecord other) => this with
    {
        Converged = Converged + other.Converged,
        Diverged = Diverged + other.Diverged,
        Plan = new MapPlan(Plan.Bands + other.Plan.Bands, Math.Max(Plan.NetworksPerBand, other.Plan.NetworksPerBand),
            Math.Max(Plan.LargestBatchBytes, other.Plan.LargestBatchBytes)),
        Timings = new MapTimings(Timings.Open + other.Timings.Open, Timings.Compile + other.Timings.Compile,
            Timings.Train + other.Timings.Train, 0, Timings.Total + other.Timings.Total),
    };

    public string ToJson() => JsonSerializer.Serialize(this, MapJson.Default.MapRecord);
}

/// <summary>The factor of --zoom, and the factors up to which float32 tells neighbouring columns and rows apart.</summary>
sealed record MapZoom(double Factor, double? LimitOfColumns, double? LimitOfRows);

/// <summary>The number of bands of pixels, the networks of the largest, and its bytes.</summary>
sealed record MapPlan(int Bands, int NetworksPerBand, long LargestBatchBytes);

/// <summary>Durations in seconds, each until the device has finished; of a merged map those of all parts together.</summary>
sealed record MapTimings(double Open, double Compile, double Train, double Plot, double Total);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MapRecord))]
sealed partial class MapJson : JsonSerializerContext;
