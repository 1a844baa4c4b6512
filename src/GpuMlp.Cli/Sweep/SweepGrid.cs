using System.Globalization;
using System.Numerics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// The values that one option of a sweep was given. They are checked at once, but listed only when it is known that they are not too many.
/// </summary>
sealed class SweepList
{
    const string Range = "..";

    readonly string text;
    readonly List<(string Text, ulong Low, ulong High, Func<TrainConfig, TrainConfig> Set)> parts = [];

    /// <summary>Reads and checks a list.</summary>
    /// <exception cref="UsageException">The list is empty, or a value is not allowed.</exception>
    public SweepList(string name, TrainOption option, string text)
    {
        (Name, Option, this.text) = (name, option, text);
        if (string.IsNullOrWhiteSpace(text))
            throw UsageException.For(name, text, "the list is empty; give a value, or several separated by commas");
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 0) throw UsageException.For(name, text, "a value is missing beside a comma");
            string[] ends = option.Name == "seed" ? part.Split(Range) : [part];
            Func<TrainConfig, TrainConfig>[] setters = [.. ends.Select(end => option.Parse(end, name))];
            if (ends.Length > 2) throw UsageException.For(name, part, "a range is FIRST..LAST, as in 0..63");
            (ulong low, ulong high) = ends.Length == 2 ? (setters[0](Defaults).Seed, setters[1](Defaults).Seed) : (0, 0);
            if (low > high) throw UsageException.For(name, part, "a range is FIRST..LAST, the smaller first");
            parts.Add((part, low, high, setters[0]));
            Count += (BigInteger)high - low + 1;
        }
    }

    static TrainConfig Defaults { get; } = new();

    /// <summary>The option's name on the command line.</summary>
    public string Name { get; }

    /// <summary>The option of train that takes one of the values.</summary>
    public TrainOption Option { get; }

    /// <summary>How many values there are.</summary>
    public BigInteger Count { get; }

    /// <summary>All values: each as text, with what sets it in a config.</summary>
    /// <exception cref="UsageException">A value is in the list twice.</exception>
    public (string Text, Func<TrainConfig, TrainConfig> Set)[] Values()
    {
        bool isSeed = Option.Name == "seed";
        (string Text, Func<TrainConfig, TrainConfig> Set)[] values =
            [.. parts.SelectMany(part => isSeed && part.Text.Contains(Range) ? Seeds(part.Low, part.High) : [(part.Text, part.Set)])];
        var seen = new HashSet<string>();
        foreach ((string value, Func<TrainConfig, TrainConfig> set) in values)
        {
            string normal = Option.Text(set(Defaults)) ?? value;   // 0.1 and 1e-1 are the same value
            if (!seen.Add(normal)) throw UsageException.For(Name, text, $"{value} stands there twice");
        }
        return values;
    }

    static IEnumerable<(string, Func<TrainConfig, TrainConfig>)> Seeds(ulong low, ulong high)
    {
        for (ulong k = 0; k <= high - low; k++)
        {
            ulong seed = low + k;
            yield return (seed.ToString(CultureInfo.InvariantCulture), config => config with { Seed = seed });
        }
    }
}

/// <summary>The networks of a sweep: every combination of the lists' values; the last list changes fastest.</summary>
/// <param name="Common">The settings that all networks share.</param>
/// <param name="Axes">The options that were given lists, and their values.</param>
/// <param name="Rows">One config per network.</param>
sealed record SweepGrid(TrainConfig Common, IReadOnlyList<(TrainOption Option, string[] Values)> Axes, IReadOnlyList<TrainConfig> Rows)
{
    /// <summary>The largest number of networks in a sweep.</summary>
    public const int MostNetworks = 1_000_000;

    /// <summary>How many networks in a row differ in their seed alone.</summary>
    public int Seeds => Axes.FirstOrDefault(axis => axis.Option.Name == "seed").Values?.Length ?? 1;

    /// <summary>Combines the values of all lists.</summary>
    /// <param name="common">The settings that all networks share.</param>
    /// <param name="lists">The options that were given lists.</param>
    /// <param name="dataSeeds">Whether each seed has data of its own; else all have the first seed's.</param>
    /// <exception cref="UsageException">
    /// There are too many networks, a value is in a list twice, or values do not go together.
    /// </exception>
    public static SweepGrid Make(TrainConfig common, IReadOnlyList<SweepList> lists, bool dataSeeds)
    {
        if (common.Steps == 0) throw UsageException.For("steps", "0", "a sweep makes one step at least");
        BigInteger networks = lists.Aggregate(BigInteger.One, (product, list) => product * list.Count);
        if (networks > MostNetworks)
        {
            string product = string.Join(" × ", lists.Where(l => !l.Count.IsOne).Select(l => Invariant($"--{l.Name} ({l.Count:N0})")));
            throw new UsageException(Invariant($"{product} makes {networks:N0} networks; at most {MostNetworks:N0} are allowed"));
        }
        List<TrainConfig> rows = [common];
        var axes = new List<(TrainOption, string[])>();
        foreach (SweepList list in lists)
        {
            (string Text, Func<TrainConfig, TrainConfig> Set)[] values = list.Values();
            axes.Add((list.Option, [.. values.Select(value => value.Text)]));
            rows = [.. rows.SelectMany(row => values.Select(value => value.Set(row)))];
        }
        ulong? shared = dataSeeds || rows.All(row => row.Seed == rows[0].Seed) ? null : rows[0].Seed;
        return new SweepGrid(common, axes, [.. rows.Select(row => TrainData.Resolve(row with { DataSeed = shared }))]);
    }
}
