using System.CommandLine;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;

namespace GpuMlp.Cli.Compare;

/// <summary>The verb compare: trains one recipe on every device by every engine, and says whether they compute the same.</summary>
static class CompareCommand
{
    static readonly Option<string> Config = new("--config"), Devices = new("--devices"), Engines = new("--engines"), Out = new("--out");
    static readonly Option<bool> Force = new("--force"), Json = new("--json"), Quiet = new("--quiet");

    // train's options that decide no bit of the result, or that only its other outputs have
    static readonly string[] without =
        ["device", "engine", "api", "test", "folds", "checkpoint-every", "all-losses", "snapshot-every", "style", "views", "no-plots"];

    static readonly (string, string)[] RunRows =
    [
        ("--config FILE", "take options from a run.json; options given here come before them"),
        ("--devices NAMES", "all, or some of cpu, cpu:ilgpu, opencl[:i], cuda[:i], as a,b [all]"),
        ("--engines NAMES", "all, or some of fused, layers, modules (the tutorial's sample alone), as a,b [all]"),
        ("--out DIR", "folder for the outputs [runs/compare-<time>]"),
        ("--force", "replace a comparison in a folder"),
        ("--json", "print the record of the comparison, the same as compare.json, and nothing else on stdout"),
        ("--quiet", "print nothing but errors"),
        ("-h, --help", "this"),
    ];

    static readonly (string, string)[] Examples =
    [
        ("", "the tutorial's training on every device and by every engine that there is"),
        (" --devices cpu,opencl --engines layers --net 2-256-256-1 --batch 256 --steps 200", "is the GPU worth it for this network"),
        (" --config runs/moons/run.json --steps 500", "an earlier run's settings"),
        (" --steps 500 --out runs/devices", "a short run; compare.json and compare.png are there"),
    ];

    public static Command Create(Interruption interruption)
    {
        const string What = "Trains one recipe on every device and by every engine: the time of each, and whether they compute the same.";
        (TrainOption Row, Option Option)[] options =
            [.. TrainOptions.All.Where(row => !without.Contains(row.Name)).Select(row => (row, row.NewOption()))];
        var groups = options.GroupBy(option => option.Row.Group);
        var verb = new Verb("compare", What,
            [.. groups.Select(group => (group.Key, (IReadOnlyList<(string, string)>)[.. group.Select(option => option.Row.HelpRow)])),
                ("Run", RunRows)], Examples);
        foreach (Option option in options.Select(option => option.Option).Concat([Config, Devices, Engines, Out, Force, Json, Quiet]))
            verb.Options.Add(option);
        verb.SetAction(result =>
        {
            return CompareRun.Execute(ReadConfig(result, options), Choices.Devices(result.GetValue(Devices) ?? Choices.All),
                Choices.Engines(result.GetValue(Engines) ?? Choices.All), result.GetValue(Out), result.GetValue(Force),
                new Terminal(result.GetValue(Quiet), result.GetValue(Json)), interruption);
        });
        return verb;
    }

    static TrainConfig ReadConfig(ParseResult result, (TrainOption Row, Option Option)[] options)
    {
        TrainConfig read = result.GetValue(Config) is string file ? Comparable(ConfigFile.Read(file).Config) : new(), config = read;
        var asked = new HashSet<string>();
        foreach ((TrainOption row, Option option) in options)
        {
            if (row.Given(result, option) is not { } set) continue;
            config = set(config);
            asked.Add(row.Name);
        }
        return TrainData.Resolve(TrainData.WithoutDefaultsOf(read, config, asked));
    }

    // a run's settings without those that a comparison does not have
    static TrainConfig Comparable(TrainConfig config)
    {
        var defaults = new TrainConfig();
        return config with
        {
            Device = defaults.Device,
            Engine = defaults.Engine,
            Api = defaults.Api,
            Test = defaults.Test,
            Folds = defaults.Folds,
            CheckpointEvery = defaults.CheckpointEvery,
            AllLosses = defaults.AllLosses,
            SnapshotEvery = defaults.SnapshotEvery,
            Style = defaults.Style,
            Views = defaults.Views,
            NoPlots = defaults.NoPlots,
        };
    }
}
