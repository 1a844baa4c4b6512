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

    SweepGrid(SweepRequest request, TrainConfig common, IReadOnlyList<SweepList> axes, int count)
    {
        (Request, Common, Axes, Count) = (request, common, axes, count);
        lengths = [.. axes.Select(axis => (long)axis.Count)];
        SweepList? seeds = axes.FirstOrDefault(axis => axis.Option.Name == "seed");
        Seeds = (int)(seeds?.Count ?? 1);
        if (!request.DataSeeds && Seeds > 1) dataSeed = seeds!.Set(new TrainConfig(), 0).Seed;
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

    /// <summary>Combines the values of all lists.</summary>
    /// <exception cref="UsageException">There are too many networks, or values do not go together.</exception>
    public static SweepGrid Make(SweepRequest request)
    {
        TrainConfig common = request.Common();
        IReadOnlyList<SweepList> lists = request.Lists();
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
        return new SweepGrid(request, common, lists, (int)networks);
    }

    /// <summary>The config of a network.</summary>
    /// <exception cref="UsageException">Its values do not go together.</exception>
    public TrainConfig this[int row]
    {
        get
        {
            var places = new long[Axes.Count];
            long rest = row;
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
