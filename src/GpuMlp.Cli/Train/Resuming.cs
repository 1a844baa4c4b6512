using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Train;

/// <summary>Going on with a run from its checkpoint.</summary>
static class Resuming
{
    // the options that decide no bit of the weights
    static readonly string[] free =
        ["steps", "device", "engine", "checkpoint-every", "all-losses", "style", "size", "window", "axes", "fix", "views", "no-plots"];

    /// <summary>Reads the checkpoint that --resume names.</summary>
    /// <exception cref="UsageException">There is none, or it cannot be gone on from.</exception>
    public static StoredCheckpoint Read(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path)) throw UsageException.For("resume", path, "there is no such file or folder");
        try
        {
            StoredCheckpoint read = StoredCheckpoint.Read(path);
            string file = Path.Combine(Directory.Exists(path) ? path : Path.GetDirectoryName(path) ?? "", StoredCheckpoint.FileName);
            return read with { Replay = read.Replay with { Config = RecordFiles.Find(file, read.Replay) } };
        }
        catch (InvalidDataException e)
        {
            throw new UsageException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UsageException.For("resume", path, e.Message, e);
        }
    }

    /// <summary>The folder that a run goes on in where no other is named.</summary>
    /// <exception cref="UsageException">A file was named.</exception>
    public static string FolderOf(string path) => Directory.Exists(path) ? path
        : throw UsageException.For("resume", path, "is a file: say with --out where the run goes on, or name the run's folder");

    /// <summary>Refuses options that would make it another run.</summary>
    /// <exception cref="UsageException">Such an option was given.</exception>
    public static void Check(StoredCheckpoint checkpoint, TrainConfig config, ISet<string> asked)
    {
        TrainConfig before = checkpoint.Replay.Config;
        foreach (string name in asked)
        {
            TrainOption option = TrainOptions.Find(name);
            (string? now, string? then) = (option.Text(config), option.Text(before));
            if (now == then || free.Contains(name) || (name == "snapshot-every" && before.NoPlots)) continue;
            if (IsOtherPlace(name, config, before)) continue;
            throw UsageException.For(name, now ?? "none", $"the run that goes on has {then ?? "none"}; leave it out, or begin a new run");
        }
        if (config.Steps < checkpoint.State.Steps)
            throw UsageException.For(
                "steps", Invariant($"{config.Steps}"), Invariant($"the checkpoint is after {checkpoint.State.Steps:N0} steps"));
        if (config.Steps != before.Steps && before.Schedule.Name != "constant")
            throw UsageException.For("steps", Invariant($"{config.Steps}"),
                Invariant($"--schedule {before.Schedule.Name} goes by the {before.Steps:N0} steps that the run began with"));
    }

    // files may have moved: their rows decide
    static bool IsOtherPlace(string name, TrainConfig now, TrainConfig then) => name switch
    {
        "data" => TrainData.IsFile(now.Data) && TrainData.IsFile(then.Data),
        "validation" => RecordFiles.ValidationOf(now) is not null && RecordFiles.ValidationOf(then) is not null,
        "test" => RecordFiles.TestOf(now) is not null && RecordFiles.TestOf(then) is not null,
        _ => false,
    };

    /// <summary>Puts a trainer where the run was.</summary>
    /// <exception cref="UsageException">The checkpoint is of another network.</exception>
    public static void Continue(Trainer trainer, StoredCheckpoint checkpoint)
    {
        try { trainer.Continue(checkpoint.State); }
        catch (ArgumentException e) { throw new UsageException($"{StoredCheckpoint.FileName}: {UsageException.Plain(e)}", e); }
    }

    /// <summary>The run as if it had never stopped.</summary>
    public static TrainingResult Whole(StoredCheckpoint checkpoint, TrainingResult rest)
    {
        int every = checkpoint.Replay.Config.SnapshotEvery;
        float[] losses = [.. checkpoint.Losses, .. rest.Losses];
        float Last(int step) => losses.Length > 0 ? losses[Math.Min(step, losses.Length - 1)] : float.NaN;
        IEnumerable<Snapshot> earlier =
            checkpoint.Snapshots.Select((parameters, k) => new Snapshot(k * every, Last(k * every), parameters));
        return rest with
        {
            Losses = losses,
            FirstStep = 0,
            Snapshots = rest.Snapshots.Count == 0 ? [] : [.. earlier, .. rest.Snapshots.Select(s => s with { Loss = Last(s.Step) })],
        };
    }

    /// <summary>
    /// Leaves pictures out where a run went on for so long that they are too many; a snapshot is in the checkpoint all the same.
    /// </summary>
    public static TrainingResult Thinned(TrainingResult whole, int every, int most, Terminal terminal)
    {
        if (whole.Snapshots.Count <= most) return whole;
        const int Pictures = 200;
        int of = (whole.Snapshots.Count + Pictures - 1) / Pictures;
        terminal.Note(Invariant($"a picture is drawn every {(long)every * of:N0} steps"));
        IEnumerable<Snapshot> kept = whole.Snapshots.SkipLast(1).Where((_, k) => k % of == 0);
        return whole with { Snapshots = [.. kept, whole.Snapshots[^1]] };
    }

    /// <summary>Refuses data that is not the checkpoint's.</summary>
    /// <exception cref="UsageException">It is other data.</exception>
    public static void CheckData(StoredCheckpoint checkpoint, TrainConfig config, RunData data)
    {
        if (checkpoint.Replay.Data is not RunData before) return;
        if (before.OtherFiles(data).FirstOrDefault() is string option)
            throw new UsageException($"--{option}: its rows are not those that the checkpoint's run was judged on");
        if (before.Hash == data.Hash) return;
        throw UsageException.For("data", config.Data, Invariant(
            $"is not the checkpoint's data ({before.Rows:N0} rows, hash {before.Hash}): it has {data.Rows:N0} rows, hash {data.Hash}"));
    }
}
