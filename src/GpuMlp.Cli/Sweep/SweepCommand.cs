using System.CommandLine;
using System.CommandLine.Parsing;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>The verb sweep: takes train's options as lists and trains one network per combination, all as one population.</summary>
static class SweepCommand
{
    static readonly Option<string> Out = new("--out"), Random = new("--random"), Top = new("--top"), Block = new("--block"),
        ShardOption = new("--shard"), Merge = new("--merge"), AtOnce = new("--at-once"),
        HalvingOption = new("--halving"), RungOption = new("--rung");
    static readonly Option<string> Print = new("--print") { CompletionSources = { SchedulerScript.Schedulers } };
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
        ("--random N[:SEED]", "draws of the ranges that have no :COUNT; each draw with all values of the lists"),
        ("--halving F[:RUNGS]", "train in rungs [up to 5]: all settings for few steps, the best F-th of them by validation for F times as"
            + " many, and so on; the last rung makes --steps, the others are in rung-1, rung-2, … of --out"),
        ("--top N", "models to keep: best.safetensors, best-2.safetensors, … [1]"),
        ("--block N", "networks that are trained and kept together [64 to 4096, by their work]"),
        ("--out DIR", "folder for the outputs [runs/sweep-<time>]"),
        ("--force", "write into a folder that has something in it"),
        ("--json", "print the record of the sweep, the same as run.json, and nothing else on stdout"),
        ("--quiet", "print nothing but errors"),
        ("-h, --help", "this"),
    ];

    static readonly (string, string)[] ShardRows =
    [
        ("--shard K/N", "train part K of N, from 0, into a file in --out DIR, and go on there when started again; auto takes K and N from"
            + " Slurm's array, auto/N takes K from Slurm or from Kubernetes' JOB_COMPLETION_INDEX"),
        ("--rung R", "with --halving: the rung that --shard trains, from 1, after the one before is merged"),
        ("--merge DIR", "write the outputs of the sweep whose shards are in DIR, as one task would have"),
        ("--print NAME", "slurm or kubernetes: print a script for the sweep with --shard auto/N as N tasks, ready to submit; run nothing"),
        ("--at-once M", "tasks that may run at the same time, for --print [all]"),
    ];

    static readonly (string, string)[] Examples =
    [
        (" --lr 0.001,0.01,0.1 --seeds 0..63", "192 networks at once, each seed with its own weights and picks"),
        (" --net 2-8-1,2-50-1,2-16-16-1 --activation relu,tanh --seeds 0..9 --out runs/shapes", "shapes against each other"),
        (" --noise 0.3 --validation 0.3 --net 2-8-1,2-50-1 --seeds 0..9", "ranked by the mean validation accuracy of ten seeds"),
        (" --data csv:flowers.csv --label species --standardize --net 4-16-1 --lr 0.01,0.03,0.1 --seeds 0..9", "your own file"),
        (" --lr log:1e-4..1:64 --seeds 0..99", "64 rates in equal ratios"),
        (" --lr log:1e-4..1 --init-scale log:0.1..10 --random 1000 --top 10", "1,000 draws of both; the ten best models"),
        (" --lr log:1e-4..1 --init-scale log:0.1..10 --random 1000 --validation 0.3 --halving 3", "a third goes on from rung to rung"),
        (" --lr log:1e-4..1:64 --seeds 0..99 --shard 3/8 --out runs/rates", "one of eight tasks, on any machine; then --merge runs/rates"),
    ];

    /// <summary>The options that are columns of sweep.csv, in that order.</summary>
    public static IReadOnlyList<TrainOption> RowOptions { get; } =
        [.. Lists.SkipLast(1).Concat(AlsoColumns).Select(TrainOptions.Find)];

    /// <summary>Whether an option takes a list.</summary>
    public static bool IsList(string name) => Lists.Contains(name);

    /// <summary>What the command calls an option of train.</summary>
    public static string ListName(string name) => name == "seed" ? "seeds" : name;

    public static Command Create(Interruption interruption)
    {
        Verb verb = Create([Out, Force, Json, Quiet, ShardOption, RungOption, Merge, Print, AtOnce], (result, request, terminal) =>
        {
            if (result.GetValue(Merge) is string folder)
            {
                RefuseBesideMerge(result);
                return SweepMerge.Execute(folder, result.GetValue(Force), terminal, interruption);
            }
            SweepGrid grid = SweepGrid.Make(request);
            (string? shard, string? atOnce) = (result.GetValue(ShardOption), result.GetValue(AtOnce));
            string? rung = result.GetValue(RungOption);
            if (rung is not null && (grid.Rungs.Count == 0 || shard is null))
                throw UsageException.For("rung", rung, "it goes with --halving and --shard");
            if (result.GetValue(Print) is string scheduler)
                return SchedulerScript.Print(scheduler, grid, shard, rung, atOnce, result.GetValue(Out), terminal);
            if (atOnce is not null) throw UsageException.For("at-once", atOnce, "it goes with --print");
            if (shard is not null)
            {
                return ShardRun.Execute(grid, Shard.Read(shard), grid.Rungs.Count > 0 ? ReadRung(rung, grid) : null, result.GetValue(Out),
                    result.GetValue(Force), terminal, interruption);
            }
            if (Shard.Unused() is string unused) terminal.Note(unused);
            return SweepRun.Execute(grid, result.GetValue(Out), result.GetValue(Force), terminal, interruption);
        });
        return verb;
    }

    /// <summary>The verb under plan: the same options, and no run.</summary>
    public static Command Plan() => Create([Out, Force, Json, Quiet], (_, request, terminal) =>
    {
        SweepGrid grid = SweepGrid.Make(request);
        IEnumerable<SweepGrid> grids = grid.Rungs.Count == 0 ? [grid] : grid.Rungs.Select(rung => grid.At(rung, null));
        return Input.Forecasts.Show(grid.Common.Device, [.. grids.SelectMany(
            one => SweepTrainer.WorkOf(one, [.. one.Kinds().Select(row => row.Recipe)], one.Count))], terminal);
    });

    static Verb Create(Option[] ofRun, Func<ParseResult, SweepRequest, Terminal, int> act)
    {
        const string What = "Trains a network for every combination of the values that options are given, all of them together.";
        var verb = new Verb("sweep", What, Sections(ofRun.Contains(Merge)), Examples);
        (TrainOption Row, Option Option)[] options =
        [
            .. Lists.Select(name => (TrainOptions.Find(name), (Option)new Option<string>($"--{ListName(name)}"))),
            .. Single.Select(TrainOptions.Find).Select(row => (row, row.NewOption())),
        ];
        Option[] own = [DataSeeds, Random, HalvingOption, Top, Block, .. ofRun];
        foreach (Option option in options.Select(o => o.Option).Concat(own)) verb.Options.Add(option);
        verb.SetAction(result =>
        {
            IEnumerable<SweepOption> given = options.Where(o => result.GetResult(o.Option) is { Implicit: false })
                .Select(o => new SweepOption(o.Row.Name, result.GetResult(o.Option)!.Tokens is [var token] ? token.Value : "true"));
            var request = new SweepRequest([.. given], result.GetValue(DataSeeds), result.GetValue(Random),
                result.GetValue(Top) is string top ? SweepRequest.ReadTop(top) : 1,
                result.GetValue(Block) is string block ? SweepRequest.ReadBlock(block) : null,
                result.GetValue(HalvingOption) is string halving ? $"{Halving.Read(halving)}" : null);
            return act(result, request, new Terminal(result.GetValue(Quiet), result.GetValue(Json)));
        });
        return verb;
    }

    /// <summary>Reads --rung.</summary>
    /// <exception cref="UsageException">It is missing, or none of the sweep's.</exception>
    public static SweepRung ReadRung(string? text, SweepGrid grid)
    {
        string rungs = string.Join(", ", grid.Rungs.Select(rung => $"{rung.Number} ({rung.Size})"));
        if (text is null) throw new UsageException($"--halving {grid.Request.Halving}: --rung R says which rung the parts are of: {rungs}");
        return grid.Rungs.FirstOrDefault(rung => Invariant($"{rung.Number}") == text)
            ?? throw UsageException.For("rung", text, $"the rungs are {rungs}");
    }

    // the shards say what the sweep is
    static void RefuseBesideMerge(ParseResult result)
    {
        Option[] taken = [Merge, Force, Json, Quiet];
        Option? other = result.CommandResult.Command.Options.FirstOrDefault(
            option => !taken.Contains(option) && result.GetResult(option) is { Implicit: false });
        if (other is not null) throw new UsageException($"{other.Name} does not go with --merge: the shards say what the sweep is");
    }

    static IEnumerable<(string, IReadOnlyList<(string, string)>)> Sections(bool withShards)
    {
        yield return ("Lists, values separated by commas; lin:0..1:5 and log:1e-4..1:64 are ranges",
            [.. Lists.Select(name => (TrainOptions.Find(name), name)).Select(o =>
            ($"--{ListName(o.name)} {o.Item1.Takes},…", $"{o.Item1.HelpLine}{(o.name == "seed" ? "; 0..63 is a range" : "")}"))]);
        (string, string) dataSeeds = ("--data-seeds", "data of its own for each seed; else all seeds share the first one's");
        yield return ("One for all networks", [.. Single.Select(name => TrainOptions.Find(name).HelpRow), dataSeeds]);
        yield return ("Run", RunRows);
        if (withShards) yield return ("Beyond one machine", ShardRows);
    }
}
