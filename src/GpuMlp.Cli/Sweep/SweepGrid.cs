using System.Numerics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Randomness;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// The networks of a sweep, each made when it is asked for: every combination of the lists' values, of which the last list changes fastest;
/// where values are drawn, all of that for each draw.
/// </summary>
sealed class SweepGrid
{
    /// <summary>The largest number of networks in a sweep.</summary>
    public const int MostNetworks = 1_000_000_000;

    // numbers that neither the data nor the shape of a network depend on: whether one goes with the data they do not decide
    static readonly string[] plain = ["seed", "lr", "init-scale", "weight-decay", "l1", "momentum", "clip"];

    readonly ulong? dataSeed;
    readonly long[] lengths;

    SweepGrid(
        SweepRequest request, TrainConfig common, IReadOnlyList<SweepList> axes, int count, IReadOnlyList<SweepRung>? rungs = null)
    {
        (Request, Common, Axes, Count) = (request, common, axes, count);
        lengths = [.. axes.Select(axis => (long)axis.Count)];
        SweepList? seeds = axes.FirstOrDefault(axis => axis.Option.Name == "seed");
        Seeds = (int)(seeds?.Count ?? 1);
        if (!request.DataSeeds && Seeds > 1) dataSeed = seeds!.Set(new TrainConfig(), 0).Seed;
        Rungs = rungs ?? (request.Halving is string halving ? Halving.Read(halving).Of(count / Seeds, common.Steps) : []);
    }

    /// <summary>What was asked for.</summary>
    public SweepRequest Request { get; }

    /// <summary>The settings that all networks share.</summary>
    public TrainConfig Common { get; }

    /// <summary>The options that were given lists.</summary>
    public IReadOnlyList<SweepList> Axes { get; }

    /// <summary>The axes with more than one value.</summary>
    public IEnumerable<SweepList> Varying => Axes.Where(axis => axis.Count > 1 || axis.Drawn is not null);

    /// <summary>The number of networks.</summary>
    public int Count { get; }

    /// <summary>How many networks in a row differ in their seed alone.</summary>
    public int Seeds { get; }

    /// <summary>The rungs of a sweep by halving; empty where it is none.</summary>
    public IReadOnlyList<SweepRung> Rungs { get; }

    /// <summary>Which rung this is; null for the list of all networks.</summary>
    public SweepRung? Rung { get; private init; }

    /// <summary>What the rung before has kept; null where all settings are trained.</summary>
    public KeptSettings? Kept { get; private init; }

    /// <summary>The networks of a rung.</summary>
    /// <param name="rung">The rung.</param>
    /// <param name="kept">What the rung before has kept; null takes the first settings of all.</param>
    public SweepGrid At(SweepRung rung, KeptSettings? kept) =>
        new(Request, Common with { Steps = rung.Steps }, Axes, rung.Settings * Seeds, Rungs) { Rung = rung, Kept = kept };

    /// <summary>The number of a setting among all settings of the sweep.</summary>
    public int SettingOf(int row) => Kept is null ? row / Seeds : Kept.Settings[row / Seeds];

    /// <summary>Combines the values of all lists.</summary>
    /// <exception cref="UsageException">There are too many networks, or values do not go together.</exception>
    public static SweepGrid Make(SweepRequest request)
    {
        TrainConfig common = request.Common();
        IReadOnlyList<SweepList> lists = request.Lists();
        if (request.Halving is string halving && common.Validation is null)
            throw UsageException.For("halving", halving, "--validation is needed: rows kept back decide what goes on");
        if (common.Steps == 0) throw UsageException.For("steps", "0", "a sweep makes one step at least");
        BigInteger networks = lists.Aggregate((BigInteger)request.Draws.Count, (product, list) => product * list.Count);
        if (networks > MostNetworks)
        {
            IEnumerable<string> draws = request.Random is null ? [] : [$"--random ({request.Draws.Count:N0})"];
            string product = string.Join(" × ", draws.Concat(
                lists.Where(l => !l.Count.IsOne).Select(l => Invariant($"--{l.Name} ({l.Count:N0})"))));
            throw new UsageException(Invariant($"{product} makes {networks:N0} networks; at most {MostNetworks:N0} are allowed"));
        }
        SweepList? drawn = lists.FirstOrDefault(list => list.Drawn is not null);
        if (drawn is not null && request.Random is null)
            throw UsageException.For(drawn.Name, drawn.Given, "a range without :COUNT is drawn from: --random N says how often");
        if (drawn is null && request.Random is string given)
            throw UsageException.For("random", given, "there is no range to draw from, such as --lr log:1e-4..1");
        var grid = new SweepGrid(request, common, lists, (int)networks);
        if (grid.Rungs is [{ Steps: int steps }, ..] && grid.Kinds().Max(row => row.Warmup) is int warmup && warmup > steps)
        {
            throw UsageException.For(
                "halving", request.Halving, Invariant($"the first rung makes {steps:N0} steps, --warmup has {warmup:N0}"));
        }
        return grid;
    }

    /// <summary>The config of a network.</summary>
    /// <exception cref="UsageException">Its values do not go together.</exception>
    public TrainConfig this[int row]
    {
        get
        {
            var places = new long[Axes.Count];
            long rest = (long)SettingOf(row) * Seeds + row % Seeds;
            for (int axis = Axes.Count - 1; axis >= 0; axis--) (rest, places[axis]) = Math.DivRem(rest, lengths[axis]);
            return Config(places, rest);
        }
    }

    /// <summary>
    /// A network of each kind: those that the sweep trains differ from one of these in their seed and in numbers of the training alone.
    /// </summary>
    public IEnumerable<TrainConfig> Kinds()
    {
        SweepList[] deciding = [.. Axes.Where(axis => !plain.Contains(axis.Option.Name))];
        int kinds = deciding.Aggregate(1, (product, axis) => checked(product * (int)axis.Count));
        for (int kind = 0; kind < kinds; kind++)
        {
            long rest = kind;
            var places = new long[Axes.Count];
            for (int axis = Axes.Count - 1; axis >= 0; axis--)
                if (deciding.Contains(Axes[axis])) (rest, places[axis]) = Math.DivRem(rest, lengths[axis]);
            yield return Config(places, 0);
        }
    }

    TrainConfig Config(long[] places, long draw)
    {
        TrainConfig config = Common;
        PhiloxStream? stream = Request.Random is null ? null
            : new PhiloxStream(Request.Draws.Seed, StreamPurpose.Settings, (uint)draw);
        for (int axis = 0; axis < Axes.Count; axis++)
        {
            SweepList list = Axes[axis];
            config = list.Drawn is null ? list.Set(config, places[axis]) : list.SetDrawn(config, stream!.NextDouble());
        }
        return TrainData.Resolve(config with { DataSeed = dataSeed });
    }
}
