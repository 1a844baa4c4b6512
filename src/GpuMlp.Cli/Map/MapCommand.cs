using System.CommandLine;
using System.CommandLine.Parsing;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Records;

namespace GpuMlp.Cli.Map;

/// <summary>The verb map: a picture in which each pixel is a training run.</summary>
static class MapCommand
{
    /// <summary>The value of --batch that stands for all rows.</summary>
    public const string FullBatch = "full";

    static readonly Option<string> X = new("--x"), Y = new("--y"), Size = new("--size"), Zoom = new("--zoom"), Batch = new("--batch");
    static readonly Option<string> Out = new("--out"), Shards = new("--shard"), Merge = new("--merge");
    static readonly Option<bool> Force = new("--force"), Json = new("--json"), Quiet = new("--quiet");

    // what suits a map: a network and data so small that a million trainings take minutes
    static readonly TrainConfig defaults = new()
    {
        Data = "normal",
        Samples = 16,
        Net = NetworkSpec.Parse("2-8-1"),
        Activation = Activations.Names.Parse("tanh"),
        Loss = Loss.Names.Parse("mse"),
        Steps = MapRequest.StepsAt(1),
    };

    static readonly string[] options =
    [
        "data", "samples", "noise", "seed", "data-seed", "label", "standardize", "net", "activation", "init", "init-scale", "loss",
        "optimizer", "lr", "momentum", "weight-decay", "l1", "schedule", "warmup", "clip", "steps", "device",
    ];

    /// <summary>The options of train that a record of a map holds, but --batch.</summary>
    public static IEnumerable<TrainOption> Recorded => options.Where(name => name != "device").Select(TrainOptions.Find);

    const string DefaultX = "lr:log:1e-2..1e3", DefaultY = "init-scale:log:0.1..10", DefaultSize = "256x256";

    static readonly (string, string)[] mapRows =
    [
        ("--x NAME:SCALE:A..B", $"what changes from left to right: {MapAxis.Names}; SCALE is log or lin [{DefaultX}]"),
        ("--y NAME:SCALE:A..B", $"what changes from the bottom to the top [{DefaultY}]"),
        ("--size WIDTHxHEIGHT", $"pixels, each a training; the first and the last have A and B [{DefaultSize}]"),
        ("--zoom X,Y,F", "the part around a point of the axes whose sides are an F-th as long; says how deep float32 goes"),
    ];

    static readonly (string, string)[] runRows =
    [
        ("--out DIR", "folder for map.png, map.npy (float32, row 0 at the bottom) and run.json [runs/map-<time>]"),
        ("--shard K/N", "train part K of N alone, K from 0, into a file of its own in --out; auto, auto/N: the scheduler's K"),
        ("--merge DIR", "put the parts in a folder together: the same map.png and map.npy as without parts"),
        ("--force", "write into a folder that has something in it"),
        ("--json", "print the record of the map, the same as run.json, and nothing else on stdout"),
        ("--quiet", "print nothing but errors"),
        ("-h, --help", "this"),
    ];

    static readonly (string, string)[] examples =
    [
        (" --size 1024x1024 --out runs/map", "a million networks"),
        (" --size 512x512 --zoom 0.6,1,20", "a twentieth of the window around a point of the boundary, with more steps"),
        (" --x lr:log:1e-3..10 --y momentum:lin:0.01..0.99 --optimizer momentum", "another setting"),
        (" --data moons --samples 64 --loss bce --net 2-8-1 --batch 1", "steps of one row each, the same rows for all pixels"),
    ];

    public static Command Create(Interruption interruption)
    {
        const string What = "Draws where training converges and where it diverges: each pixel is a network that was trained.";
        var verb = new Verb("map", What, Sections(), examples);
        var rows = options.Select(TrainOptions.Find).Select(row => (Row: row, Option: row.NewOption())).ToList();
        Option[] own = [X, Y, Size, Zoom, Batch, Out, Shards, Merge, Force, Json, Quiet];
        foreach (Option option in own.Concat(rows.Select(row => row.Option))) verb.Options.Add(option);
        verb.SetAction(result =>
        {
            var terminal = new Terminal(result.GetValue(Quiet), result.GetValue(Json));
            if (result.GetValue(Merge) is string folder)
            {
                bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
                if (verb.Options.Except([Merge, Json, Quiet]).FirstOrDefault(IsGiven) is Option more)
                    throw new UsageException($"{more.Name} does not go with --merge: the parts say what map it is");
                return MapMerge.Execute(folder, terminal, interruption);
            }
            MapRequest request = Read(result, rows);
            (string? output, bool force) = (result.GetValue(Out), result.GetValue(Force));
            return result.GetValue(Shards) is string shard
                ? MapRun.Execute(request, Shard.Read(shard), output, force, terminal, interruption)
                : MapRun.Execute(request, output, force, terminal, interruption);
        });
        return verb;
    }

    static MapRequest Read(ParseResult result, IReadOnlyList<(TrainOption Row, Option Option)> rows)
    {
        string givenX = result.GetValue(X) ?? DefaultX, givenY = result.GetValue(Y) ?? DefaultY;
        MapAxis x = MapAxis.Parse("x", givenX), y = MapAxis.Parse("y", givenY);
        if (x.Name == y.Name) throw UsageException.For("y", givenY, $"--x goes through {x.Name} already");
        (int width, int height) = MapRequest.SizeOf(result.GetValue(Size) ?? DefaultSize);
        double factor = 1;
        if (result.GetValue(Zoom) is string zoom) (x, y, factor) = MapRequest.Zoom(x, y, zoom);
        TrainConfig config = defaults with { Steps = MapRequest.StepsAt(factor) };
        var given = new HashSet<string>();
        foreach ((TrainOption row, Option option) in rows)
        {
            if (row.Given(result, option) is not { } set) continue;
            if (row.Name == x.Name || row.Name == y.Name)
                throw new UsageException($"--{row.Name} is an axis of the map; leave it out, or name another axis");
            given.Add(row.Name);
            config = set(config);
        }
        if (config.Steps == 0) throw UsageException.For("steps", "0", "a map makes one step at least");
        if (TrainData.IsFile(config.Data) && !given.Contains("samples")) config = config with { Samples = null };
        string batch = result.GetValue(Batch) ?? FullBatch;
        if (batch != FullBatch)
        {
            TrainOption option = TrainOptions.Find("batch");
            try { config = option.Read(batch)(config); }
            catch (FormatException e) { throw UsageException.For("batch", batch, $"{e.Message}, or {FullBatch}", e); }
        }
        config = TrainData.Resolve(y.In(x.In(config)) with { DataSeed = config.DataSeed ?? config.Seed });
        return new MapRequest(x, y, width, height, config)
        {
            IsFullBatch = batch == FullBatch,
            Given = (givenX, givenY, result.GetValue(Zoom)),
            ZoomFactor = factor,
        };
    }

    static IEnumerable<(string, IReadOnlyList<(string, string)>)> Sections()
    {
        yield return ("Map", mapRows);
        yield return ("Training", [.. options.Select(TrainOptions.Find).Select(Help),
            ("--batch N", $"rows per step, drawn by the seed; {FullBatch}: all rows in each step [{FullBatch}]")]);
        yield return ("Run", runRows);
    }

    static (string, string) Help(TrainOption row) => row.Name switch
    {
        "samples" => (row.HelpRow.Item1, $"{row.Help} [{defaults.Samples}]"),
        "steps" => (row.HelpRow.Item1, $"{row.Help} [{defaults.Steps}, and as many more for each factor of ten of --zoom]"),
        _ when row.Takes is null || row.Otherwise is not null => row.HelpRow,
        _ => (row.HelpRow.Item1, $"{row.Help} [{row.Text(defaults)}]"),
    };
}
