using System.CommandLine;
using System.CommandLine.Parsing;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;

namespace GpuMlp.Cli.Train;

/// <summary>The verb train: reads the options and the config file into one checked config, and trains with it.</summary>
static class TrainCommand
{
    static readonly Option<string> Config = new("--config"), Out = new("--out"), Resume = new("--resume");
    static readonly Option<bool> Force = new("--force"), Json = new("--json"), Quiet = new("--quiet");

    static readonly (string, string)[] RunRows =
    [
        ("--config FILE", "take options from a run.json; options given here come before them"),
        ("--resume PATH", "go on from a run's last checkpoint: its folder, or the file (then give --out)"),
        ("--out DIR", "folder for the outputs [runs/<data>-<time>]"),
        ("--force", "write into a folder that has something in it"),
        ("--json", "print the record of the run, the same as run.json, and nothing else on stdout"),
        ("--quiet", "print nothing but errors"),
        ("-h, --help", "this"),
    ];

    static readonly (string, string)[] Examples =
    [
        ("", "the tutorial: 10,000 steps of a 2-50-1 network on two moons, with 41 pictures of its boundary"),
        (" --data spirals --net 2-64-64-1 --batch 32 --lr 0.1 --steps 50000", "something harder"),
        (" --data blobs --net 2-64-3 --loss cross-entropy", "three classes, one output per class"),
        (" --data csv:flowers.csv --label species --standardize --net 4-16-1", "your own file"),
        (" --config runs/moons/run.json --seed 1 --out runs/again", "an earlier run with another seed"),
        (" --resume runs/moons --steps 100000", "go on with a run that was stopped, or make a longer one of it"),
    ];

    public static Command Create(Interruption interruption) => Create((replay, resumed, result, terminal) =>
    {
        string? from = result.GetValue(Resume), to = result.GetValue(Out);
        bool isIn = resumed is not null && (to is null || (Directory.Exists(from) && Full(to) == Full(from)));
        string? folder = isIn ? Resuming.FolderOf(from!) : to;
        return TrainRun.Execute(replay, resumed, folder, isIn || result.GetValue(Force), terminal, interruption);
    });

    static string Full(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    /// <summary>The verb under plan: the same options, and no run.</summary>
    public static Command Plan() => Create((replay, _, _, terminal) => TrainRun.Plan(replay.Config, terminal));

    static Verb Create(Func<Replay, StoredCheckpoint?, ParseResult, Terminal, int> act)
    {
        const string What = "Trains a network, draws what it learned, and writes the model and the record of the run.";
        var verb = new Verb("train", What, Sections(), Examples);
        var options = new List<(TrainOption Row, Option Option)>();
        foreach (TrainOption row in TrainOptions.All)
        {
            Option option = row.NewOption();
            options.Add((row, option));
            verb.Options.Add(option);
        }
        foreach (Option option in (Option[])[Config, Resume, Out, Force, Json, Quiet]) verb.Options.Add(option);
        verb.SetAction(result =>
        {
            var terminal = new Terminal(result.GetValue(Quiet), result.GetValue(Json));
            StoredCheckpoint? resumed = result.GetValue(Resume) is string path ? Resuming.Read(path) : null;
            return act(ReadConfig(result, options, resumed, terminal), resumed, result, terminal);
        });
        return verb;
    }

    static IEnumerable<(string, IReadOnlyList<(string, string)>)> Sections()
    {
        foreach (var group in TrainOptions.All.GroupBy(row => row.Group))
            yield return (group.Key, [.. group.Select(row => row.HelpRow)]);
        yield return ("Run", RunRows);
    }

    static Replay ReadConfig(
        ParseResult result, List<(TrainOption Row, Option Option)> options, StoredCheckpoint? resumed, Terminal terminal)
    {
        string? file = result.GetValue(Config);
        if (file is not null && resumed is not null)
            throw UsageException.For("config", file, "--resume has the run's settings; leave it out");
        Replay replay = resumed?.Replay ?? (file is not null ? ConfigFile.Read(file) : new Replay(new TrainConfig(), null));
        TrainConfig read = replay.Config, config = read;
        var asked = new HashSet<string>();
        foreach ((TrainOption row, Option option) in options)
        {
            if (row.Given(result, option) is not { } set) continue;
            config = set(config);
            asked.Add(row.Name);
        }
        if (asked.Contains("header") && asked.Contains("no-header"))
            throw UsageException.For("no-header", "true", "--header says the contrary; leave one out");
        if (resumed is not null) Resuming.Check(resumed, config, asked);
        else if (!asked.Contains("snapshot-every")) config = Thinned(config, terminal);
        bool otherData = asked.Any(name => TrainOptions.Find(name).Group == TrainOptions.Data || name is "net" or "loss");
        return new Replay(TrainData.Resolve(TrainData.WithoutDefaultsOf(read, config, asked)), otherData ? null : replay.Data);
    }

    // what is a default gives way to the steps that were asked for
    static TrainConfig Thinned(TrainConfig config, Terminal terminal)
    {
        const int Pictures = 200;
        if (config.NoPlots || config.SnapshotEvery == 0 || config.Steps / config.SnapshotEvery < TrainRun.MostFrames) return config;
        int every = 1;
        for (int k = 0; every < config.Steps / Pictures; k++) every = (int)Math.Min(int.MaxValue, every * (k % 3 == 1 ? 2.5 : 2));
        terminal.Note(FormattableString.Invariant($"a picture is drawn every {every:N0} steps; --snapshot-every says otherwise"));
        return config with { SnapshotEvery = every };
    }
}
