using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GpuMlp.Formats;
using GpuMlp.Records;

namespace GpuMlp.Cli.Output;

/// <summary>The files in a folder that its record says an earlier run wrote: a later run may replace them.</summary>
/// <remarks>All other files are the user's own. Names are relative to the folder, with / on every system.</remarks>
sealed partial class RunFiles
{
    /// <summary>The file that describes the run, and the folder of its frames.</summary>
    public const string Record = "run.json", Frames = "frames";

    /// <summary>The settings of a sweep by halving that go on after a rung.</summary>
    public const string Kept = "kept.json";

    /// <summary>The file that describes a comparison, and its picture.</summary>
    public const string Comparison = "compare.json", ComparisonPicture = "compare.png";

    /// <summary>The files that describe what is in a folder.</summary>
    public static IReadOnlyList<string> Records { get; } = [Record, Comparison];

    /// <summary>The most models of a sweep.</summary>
    public const int MostBest = 1000;

    const int MostRecordBytes = 1 << 26;

    static readonly string[] trained = ["losses.csv", "model.safetensors", Record], swept = ["sweep.csv", Record];
    static readonly string[] mapped = ["map.png", "map.npy", Record];
    static readonly string[] judged = ["confusion", "roc"];
    static readonly string[] plane = ["data", "boundary"];
    static readonly string[] checkpoint = [StoredCheckpoint.FileName, StoredCheckpoint.LossesName, StoredCheckpoint.SnapshotsName];
    static readonly string[] ofRuns = [.. checkpoint, .. OfTrain(true, true), .. OfTrain(true, true, format: PictureFormat.Svg),
        .. OfViews(TrainConfig.ViewNames), .. OfSweep(true, MostBest, true), .. mapped];
    static readonly string[] compared = [Comparison, ComparisonPicture];
    static readonly string[] all = [.. ofRuns, .. compared];

    readonly string folder;
    readonly HashSet<string> names = [];
    readonly bool isLeft;
    readonly int steps, every;

    /// <summary>
    /// Reads the record in a folder. Where there is none that gpumlp wrote, the files of a run are those that a failed run noted.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="record">The record's name: one of <see cref="Records"/>.</param>
    /// <param name="left">Names that a failed run noted, as <see cref="NamesOf"/> gives them.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public RunFiles(string folder, string record, IEnumerable<string> left)
    {
        this.folder = folder;
        string[] own = record == Comparison ? compared : ofRuns;
        names = [.. left];
        names.IntersectWith(own);
        isLeft = names.Count > 0;
        // a run that was killed has left them and no record
        if (record == Record && StoredCheckpoint.IsAt(Path.Combine(folder, StoredCheckpoint.FileName))) names.UnionWith(checkpoint);
        var file = new FileInfo(AtomicFile.Resolve(Path.Combine(folder, record)));
        if (!file.Exists || file.Length is 0 or > MostRecordBytes) return;      // a pipe has length 0
        try
        {
            using JsonDocument text = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
            JsonElement run = text.RootElement;
            if (Of(run, "schemaVersion", JsonValueKind.Number) is null || Of(run, "timings", JsonValueKind.Object) is null) return;
            JsonElement? config = Of(run, "config", JsonValueKind.Object);
            if (config is null && Of(run, "plan", JsonValueKind.Object) is null) return;
            steps = Number(run, "steps");
            every = Number(config, "snapshotEvery");
            string[] unlisted = config is null ? OfSweep(true) : OfTrain(Of(config, "noPlots", JsonValueKind.True) is null, true, false);
            JsonElement? listed = Of(run, "outputs", JsonValueKind.Array);                  // earlier versions wrote none
            names.UnionWith(listed?.EnumerateArray().Select(name => name.ToString()) ?? unlisted);
            names.IntersectWith(own);
            isLeft = false;
        }
        catch (JsonException) { }
    }

    /// <summary>Whether the folder holds no run.</summary>
    public bool IsEmpty => names.Count == 0;

    /// <summary>Those of the run's files that exist.</summary>
    public IEnumerable<string> Present => names.Concat(FramesIn(folder)).Where(name => Owns(name) && Exists(Path.Combine(folder, name)));

    /// <summary>All that train may write.</summary>
    public static string[] OfTrain(bool plots, bool hasPlane, bool hasClasses = true, PictureFormat format = PictureFormat.Png)
    {
        if (!plots) return [.. trained];
        string[] pictures = ["loss", .. hasClasses ? judged : [], .. hasPlane ? plane : []];
        return [.. trained, .. pictures.Select(name => Picture(name, format)), .. hasPlane ? ["boundary.gif", Frames] : (string[])[]];
    }

    /// <summary>The file of a picture.</summary>
    public static string Picture(string name, PictureFormat format) => $"{name}.{TrainConfig.Formats.Of(format)}";

    /// <summary>The files of the pictures of --views.</summary>
    public static string[] OfViews(IEnumerable<string> views) => [.. views.Select(OfView)];

    /// <summary>The file of a picture of --views: warp moves.</summary>
    public static string OfView(string view) => view == "warp" ? "warp.gif" : $"{view}.png";

    /// <summary>All that a comparison may write.</summary>
    public static string[] OfComparison() => [.. compared];

    /// <summary>The files of a checkpoint, which are written while a run goes on.</summary>
    public static IReadOnlyList<string> Checkpoint => checkpoint;

    /// <summary>All that sweep may write.</summary>
    public static string[] OfSweep(bool plots, int best = 1, bool keeps = false) =>
        [.. swept, .. Enumerable.Range(1, best).Select(BestOfSweep), .. plots ? ["mosaic.png"] : (string[])[],
            .. keeps ? [Kept] : (string[])[]];

    /// <summary>The name of the model at a place of a sweep's ranking, from 1.</summary>
    public static string BestOfSweep(int place) =>
        place == 1 ? "best.safetensors" : string.Create(CultureInfo.InvariantCulture, $"best-{place}.safetensors");

    /// <summary>All that map writes.</summary>
    public static string[] OfMap => mapped;

    /// <summary>Whether a run writes files of that name.</summary>
    public static bool IsKnown(string name) => StepOf(name) is not null || (name != Frames && all.Contains(name));

    /// <summary>Everything in the folder of frames that has a frame's name.</summary>
    public static IEnumerable<string> FramesIn(string folder)
    {
        string frames = Path.Combine(folder, Frames);
        string[] paths = Directory.Exists(frames) ? Directory.GetFileSystemEntries(frames) : [];
        return paths.Select(path => $"{Frames}/{Path.GetFileName(path)}").Where(name => StepOf(name) is not null);
    }

    /// <summary>Whether a file is there; a link counts even if its target is missing.</summary>
    public static bool Exists(string path) => File.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>Whether a file of that name is the run's. A frame is the run's only if the run drew one at that step.</summary>
    public bool Owns(string name) => StepOf(name) is int step
        ? names.Contains(Frames) && (isLeft || step <= steps) && (isLeft || step == steps || (every > 0 && step % every == 0))
        : name != Frames && names.Contains(name);

    /// <summary>The names of files as a note holds them: the folder's name stands for all frames.</summary>
    public static IEnumerable<string> NamesOf(IEnumerable<string> files) =>
        files.Select(name => StepOf(name) is null ? name : Frames).Distinct();

    static int? StepOf(string name) =>
        FrameName().Match(name) is { Success: true } match
        && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int step) ? step : null;

    [GeneratedRegex(@"^frames/boundary-(\d{6}|[1-9]\d{6,})\.png\z", RegexOptions.CultureInvariant)]
    private static partial Regex FrameName();

    static JsonElement? Of(JsonElement? holder, string name, JsonValueKind kind) =>
        holder is { ValueKind: JsonValueKind.Object } found
        && found.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind ? value : null;

    static int Number(JsonElement? holder, string name) =>
        Of(holder, name, JsonValueKind.Number) is JsonElement value && value.TryGetInt32(out int number) ? number : 0;
}
