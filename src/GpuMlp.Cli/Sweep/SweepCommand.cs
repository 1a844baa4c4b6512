using System.CommandLine;
using System.CommandLine.Parsing;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;

namespace GpuMlp.Cli.Sweep;

/// <summary>The verb sweep: takes train's options as lists and trains one network per combination, all as one population.</summary>
static class SweepCommand
{
    static readonly Option<string> Out = new("--out");
    static readonly Option<bool> DataSeeds = new("--data-seeds"), Force = new("--force"), Json = new("--json"), Quiet = new("--quiet");

    // the order in which combinations are counted: the seed changes fastest
    static readonly string[] Lists =
    [
        "data", "samples", "noise", "net", "activation", "init", "init-scale", "loss", "optimizer", "lr", "momentum", "weight-decay", "l1",
        "schedule", "warmup", "clip", "batch", "seed",
    ];
    static readonly string[] Single = ["label", "standardize", "validation", "class-weight", "steps",
        "device", "style", "window", "no-plots"];

    static readonly string[] AlsoColumns = ["label", "standardize", "validation", "class-weight", "steps", "data-seed", "seed"];

    static readonly (string, string)[] RunRows =
    [
        ("--out DIR", "folder for the outputs [runs/sweep-<time>]"),
        ("--force", "write into a folder that has something in it"),
        ("--json", "print the record of the sweep, the same as run.json, and nothing else on stdout"),
        ("--quiet", "print nothing but errors"),
        ("-h, --help", "this"),
    ];

    static readonly (string, string)[] Examples =
    [
        (" --lr 0.001,0.01,0.1 --seeds 0..63", "192 networks at once, each seed with its own weights and picks"),
        (" --net 2-8-1,2-50-1,2-16-16-1 --activation relu,tanh --seeds 0..9 --out runs/shapes", "shapes against each other"),
        (" --noise 0.3 --validation 0.3 --net 2-8-1,2-50-1 --seeds 0..9", "ranked by the mean validation accuracy of ten seeds"),
        (" --data csv:flowers.csv --label species --standardize --net 4-16-1 --lr 0.01,0.03,0.1 --seeds 0..9", "your own file"),
    ];

    /// <summary>The options that are columns of sweep.csv, in that order.</summary>
    public static IReadOnlyList<TrainOption> RowOptions { get; } =
        [.. Lists.SkipLast(1).Concat(AlsoColumns).Select(TrainOptions.Find)];

    public static Command Create(Interruption interruption) => Create((grid, result, terminal) =>
        SweepRun.Execute(grid, result.GetValue(Out), result.GetValue(Force), terminal, interruption));

    /// <summary>The verb under plan: the same options, and no run.</summary>
    public static Command Plan() => Create((grid, _, terminal) => SweepRun.Plan(grid, terminal));

    static Verb Create(Func<SweepGrid, ParseResult, Terminal, int> act)
    {
        const string What = "Trains a network for every combination of the values that options are given, all of them together.";
        var verb = new Verb("sweep", What, Sections(), Examples);
        var lists = Lists.Select(name => (Row: TrainOptions.Find(name), Option: new Option<string>($"--{ListName(name)}"))).ToList();
        var single = Single.Select(TrainOptions.Find).Select(row => (Row: row, Option: row.NewOption())).ToList();
        IEnumerable<Option> ofTable = [.. lists.Select(l => l.Option), .. single.Select(s => s.Option)];
        foreach (Option option in ofTable.Concat([DataSeeds, Out, Force, Json, Quiet])) verb.Options.Add(option);
        verb.SetAction(result =>
        {
            TrainConfig common = new();
            foreach ((TrainOption row, Option option) in single) common = row.Given(result, option)?.Invoke(common) ?? common;
            var asked = new List<SweepList>();
            foreach ((TrainOption row, Option<string> option) in lists)
            {
                if (result.GetResult(option) is not { Implicit: false }) continue;
                asked.Add(new SweepList(ListName(row.Name), row, result.GetValue(option)!));
            }
            SweepGrid grid = SweepGrid.Make(common, asked, result.GetValue(DataSeeds));
            return act(grid, result, new Terminal(result.GetValue(Quiet), result.GetValue(Json)));
        });
        return verb;
    }

    static IEnumerable<(string, IReadOnlyList<(string, string)>)> Sections()
    {
        yield return ("Lists, values separated by commas", [.. Lists.Select(name => (TrainOptions.Find(name), name)).Select(o =>
            ($"--{ListName(o.name)} {o.Item1.Takes},…", $"{o.Item1.HelpLine}{(o.name == "seed" ? "; 0..63 is a range" : "")}"))]);
        (string, string) dataSeeds = ("--data-seeds", "data of its own for each seed; else all seeds share the first one's");
        yield return ("One for all networks", [.. Single.Select(name => TrainOptions.Find(name).HelpRow), dataSeeds]);
        yield return ("Run", RunRows);
    }

    static string ListName(string name) => name == "seed" ? "seeds" : name;
}
