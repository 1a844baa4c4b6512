using GpuMlp.Data;
using GpuMlp.Records;

namespace GpuMlp.Cli.Input;

/// <summary>The files that a record names: their paths in it are relative to its folder, so that both may move together.</summary>
static class RecordFiles
{
    /// <summary>A record's config with its files as this program finds them from where it is.</summary>
    /// <param name="record">The record's path.</param>
    /// <param name="replay">What is in it.</param>
    public static TrainConfig Find(string record, Replay replay)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(record))!;
        (TrainConfig config, RunData? data) = replay;
        return config with
        {
            Data = TrainData.FileOf(config.Data) is string file ? Find(folder, data?.Path, file, config.Data) : config.Data,
            Validation = ValidationOf(config) is string validation
                ? Find(folder, data?.ValidationPath, validation, config.Validation!) : config.Validation,
            Test = TestOf(config) is string test ? Find(folder, data?.TestPath, test, config.Test!) : config.Test,
        };
    }

    /// <summary>Identifies the data of a config for a record.</summary>
    /// <param name="config">The config.</param>
    /// <param name="all">All rows of the data.</param>
    /// <param name="validation">The rows of the file of --validation; null if there is none.</param>
    /// <param name="test">The rows of the file of --test; null if there is none.</param>
    /// <param name="folder">The record's folder.</param>
    public static RunData Identify(TrainConfig config, DataSet all, DataSet? validation, DataSet? test, string folder) =>
        RunData.Of(all, TrainData.FileOf(config.Data), folder) with
        {
            Validation = validation is null ? null : RunData.HashOf(validation),
            ValidationPath = ValidationOf(config) is string looked ? RunData.PathOf(looked, folder) : null,
            Test = test is null ? null : RunData.HashOf(test),
            TestPath = TestOf(config) is string tested ? RunData.PathOf(tested, folder) : null,
        };

    /// <summary>The file of --validation; null where it names a share, the standard input, or nothing.</summary>
    public static string? ValidationOf(TrainConfig config) =>
        config.Validation is null || TrainConfig.ShareOf(config.Validation) is not null ? null : FileOf(config.Validation);

    /// <summary>The file of --test; null where it names the standard input, or nothing.</summary>
    public static string? TestOf(TrainConfig config) => config.Test is null ? null : FileOf(config.Test);

    static string? FileOf(string named) => TrainData.PathOf(named) is var path && path == TrainData.StandardInput ? null : path;

    // by the path that the record has for it, else by the name that its config has, seen from the record or, as the first version wrote
    // it, from here; a file that is nowhere is looked for where the record says
    static string Find(string folder, string? recorded, string named, string asked)
    {
        if (recorded?.Contains('\0') == true) recorded = null;
        string[] places = [.. recorded is null ? [] : (string[])[Path.Combine(folder, recorded)], Path.Combine(folder, named)];
        string? found = places.FirstOrDefault(File.Exists);
        if (found is null && (recorded is null || File.Exists(named))) return asked;
        return TrainData.CsvPrefix + Path.GetRelativePath(Environment.CurrentDirectory, Path.GetFullPath(found ?? places[0]));
    }
}
