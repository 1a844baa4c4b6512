using System.Globalization;
using System.Numerics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>The values that one option of a sweep was given: checked at once, written out only when their number is known to be sensible.</summary>
sealed class SweepList
{
    const string Range = "..";

    readonly string text;
    readonly List<(string Text, ulong Low, ulong High)> parts = [];

    /// <exception cref="UsageException">The list is empty, or a value is not allowed.</exception>
    public SweepList(string name, TrainOption option, string text)
    {
        (Name, Option, this.text) = (name, option, text);
        if (string.IsNullOrWhiteSpace(text)) throw UsageException.For(name, text, "the list is empty; give a value, or several separated by commas");
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 0) throw UsageException.For(name, text, "a value is missing beside a comma");
            string[] ends = option.Name == "seed" ? part.Split(Range) : [part];
            foreach (string end in ends) Canonical(end);
            if (ends.Length > 2) throw UsageException.For(name, part, "a range is FIRST..LAST, as in 0..63");
            (ulong low, ulong high) = ends.Length == 2 ? (Readers.Seed(ends[0]), Readers.Seed(ends[1])) : (0, 0);
            if (low > high) throw UsageException.For(name, part, "a range is FIRST..LAST, the smaller first");
            parts.Add((part, low, high));
            Count += (BigInteger)high - low + 1;
        }
    }

    /// <summary>The option's name on the command line.</summary>
    public string Name { get; }

    public TrainOption Option { get; }

    public BigInteger Count { get; }

    /// <summary>All values as text.</summary>
    /// <exception cref="UsageException">A value stands there twice.</exception>
    public string[] Values()
    {
        string[] values = [.. parts.SelectMany(part => part.Text.Contains(Range) && Option.Name == "seed" ? Seeds(part.Low, part.High) : [part.Text])];
        var seen = new HashSet<string>();
        foreach (string value in values)
            if (!seen.Add(Canonical(value))) throw UsageException.For(Name, text, $"{value} stands there twice");
        return values;
    }

    static IEnumerable<string> Seeds(ulong low, ulong high)
    {
        for (ulong k = 0; k <= high - low; k++) yield return (low + k).ToString(CultureInfo.InvariantCulture);
    }

    // 0.1 and 1e-1 are one value
    string Canonical(string value)
    {
        try { return Option.Text(Option.Read(new TrainConfig(), value)) ?? value; }
        catch (FormatException e) { throw UsageException.For(Name, value, e.Message, e); }
    }
}

/// <summary>The networks of a sweep: every combination of the lists' values, the last list changing fastest.</summary>
/// <param name="Common">What all networks share.</param>
/// <param name="Axes">The options that were given lists, and their values.</param>
/// <param name="Rows">One config a network.</param>
sealed record SweepGrid(TrainConfig Common, IReadOnlyList<(TrainOption Option, string[] Values)> Axes, IReadOnlyList<TrainConfig> Rows)
{
    /// <summary>The most networks of a sweep.</summary>
    public const int MostNetworks = 1_000_000;

    /// <exception cref="UsageException">There are too many networks, a value stands twice in a list, or values do not go together.</exception>
    public static SweepGrid Make(TrainConfig common, IReadOnlyList<SweepList> lists)
    {
        if (common.Steps == 0) throw UsageException.For("steps", "0", "a sweep makes one step at least");
        BigInteger networks = lists.Aggregate(BigInteger.One, (product, list) => product * list.Count);
        if (networks > MostNetworks)
            throw new UsageException(Invariant($"{string.Join(" × ", lists.Where(l => !l.Count.IsOne).Select(l => $"--{l.Name} ({l.Count:N0})"))} makes {networks:N0} networks; at most {MostNetworks:N0} are allowed"));
        (TrainOption Option, string[] Values)[] axes = [.. lists.Select(list => (list.Option, list.Values()))];
        List<TrainConfig> rows = [common];
        foreach ((TrainOption option, string[] values) in axes)
            rows = [.. rows.SelectMany(row => values.Select(value => option.Apply(row, value)))];
        return new SweepGrid(common, axes, [.. rows.Select(TrainData.Resolve)]);
    }
}
