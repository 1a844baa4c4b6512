using System.Globalization;
using System.Numerics;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;
using GpuMlp.Settings;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// The values that one option of a sweep was given. They are checked at once and never listed: a sweep may have ten million of them.
/// </summary>
sealed class SweepList
{
    const string Dots = "..";
    const int MostCompared = 100_000, MostInRange = 1_000_000;

    // what the numbers of ranges are for; others are names, or seeds, which have ranges of their own
    static readonly string[] real = ["noise", "init-scale", "lr", "momentum", "weight-decay", "l1", "clip"];
    static readonly string[] whole = ["samples", "warmup", "batch"];

    readonly List<Part> parts = [];

    /// <summary>Some of the values: a single one, seeds, or a range of numbers.</summary>
    sealed record Part(long First, long Last, Func<long, string> Text, Func<TrainConfig, TrainConfig>? Set = null);

    /// <summary>Reads and checks a list.</summary>
    /// <exception cref="UsageException">The list is empty, or a value is not allowed.</exception>
    public SweepList(string name, TrainOption option, string text)
    {
        (Name, Option, Given) = (name, option, text);
        if (string.IsNullOrWhiteSpace(text))
            throw UsageException.For(name, text, "the list is empty; give a value, or several separated by commas");
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 0) throw UsageException.For(name, text, "a value is missing beside a comma");
            if (IsSeeds && part.Contains(Dots)) AddSeeds(part);
            else if (IsNumber && (NumberAxis.IsAxis(part) || part.Contains(Dots))) AddRange(part);
            else
            {
                Add(1, _ => part, option.Parse(part, name));
            }
        }
        if (Drawn is not null && Count > 0) throw UsageException.For(name, text, "a range to draw from stands alone");
        if (Drawn is null) RefuseTwice();
        else Count = 1;
    }

    static TrainConfig Defaults { get; } = new();

    /// <summary>The option's name on the command line.</summary>
    public string Name { get; }

    /// <summary>The option of train that takes one of the values.</summary>
    public TrainOption Option { get; }

    /// <summary>The list as it was given.</summary>
    public string Given { get; }

    /// <summary>How many values there are; 1 for a range to draw from.</summary>
    public BigInteger Count { get; private set; }

    /// <summary>The range that values are drawn from; null if they are listed.</summary>
    public NumberAxis? Drawn { get; private set; }

    bool IsSeeds => Option.Name == "seed";

    bool IsNumber => real.Contains(Option.Name) || whole.Contains(Option.Name);

    /// <summary>The value at a place, as the option takes it.</summary>
    public string Text(long place)
    {
        Part part = At(place);
        return part.Text(place - part.First);
    }

    /// <summary>A config with the value at a place.</summary>
    public TrainConfig Set(TrainConfig config, long place)
    {
        Part part = At(place);
        return part.Set is not null ? part.Set(config) : Option.Parse(part.Text(place - part.First), Name)(config);
    }

    /// <summary>A config with a number that was drawn.</summary>
    /// <param name="config">The config.</param>
    /// <param name="share">From 0 to 1: where in the range the number is.</param>
    public TrainConfig SetDrawn(TrainConfig config, double share) => Option.Parse(Number(Drawn!.At(share)), Name)(config);

    Part At(long place)
    {
        int low = 0, high = parts.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (parts[middle].First <= place) low = middle;
            else high = middle - 1;
        }
        return parts[low];
    }

    /// <summary>The values as records list them: each, or the list as it was given where that is too long.</summary>
    public string[] Shown(int most) =>
        Drawn is null && Count <= most ? [.. Enumerable.Range(0, (int)Count).Select(k => Text(k))] : [Given];

    void Add(BigInteger count, Func<long, string> text, Func<TrainConfig, TrainConfig>? set = null)
    {
        parts.Add(new Part(Long(Count), Long(count - 1), text, set));
        Count += count;
    }

    // longer lists are refused before any of their values is asked for
    static long Long(BigInteger number) => (long)BigInteger.Min(number, long.MaxValue);

    void AddSeeds(string part)
    {
        string[] ends = part.Split(Dots);
        if (ends.Length > 2 || part.Contains(':')) throw UsageException.For(Name, part, "a range is FIRST..LAST, as in 0..63");
        ulong[] seeds = [.. ends.Select(end => Option.Parse(end, Name)(Defaults).Seed)];
        if (seeds[0] > seeds[1]) throw UsageException.For(Name, part, "a range is FIRST..LAST, the smaller first");
        Add((BigInteger)seeds[1] - seeds[0] + 1, k => (seeds[0] + (ulong)k).ToString(CultureInfo.InvariantCulture));
    }

    void AddRange(string part)
    {
        const string Form = "a range is lin:FIRST..LAST:COUNT or log:FIRST..LAST:COUNT, as log:1e-4..1:64; without :COUNT it is drawn from";
        string[] pieces = part.Split(':');
        NumberAxis range;
        try { range = NumberAxis.Parse(string.Join(':', pieces.Take(2))); }
        catch (FormatException e)
        {
            throw UsageException.For(Name, part, e.InnerException is null ? Form : e.Message, e);
        }
        if (pieces.Length > 3) throw UsageException.For(Name, part, Form);
        // what lies between two numbers that are allowed is allowed
        Option.Parse(Number(range.First), Name);
        Option.Parse(Number(range.Last), Name);
        if (pieces.Length == 3)
        {
            int count = SweepRequest.Read(pieces[2], 2, MostInRange) ?? throw UsageException.For(
                Name, part, string.Create(CultureInfo.InvariantCulture, $"a range has 2 to {MostInRange:N0} values"));
            Add(count, k => Number(range.At((int)k, count)));
        }
        else if (Drawn is null) Drawn = range;
        else throw UsageException.For(Name, Given, "a range to draw from stands alone");
    }

    string Number(double number) => Number((float)number);

    string Number(float value) => whole.Contains(Option.Name)
        ? Math.Round(value).ToString("F0", CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture);

    // 0.1 and 1e-1 are the same value
    void RefuseTwice()
    {
        if (Count > MostCompared && IsSeeds) RefuseSeedsTwice();
        if (Count > MostCompared) return;
        var seen = new HashSet<string>();
        for (long k = 0; k < (long)Count; k++)
        {
            string value = Text(k), normal = Option.Text(Option.Parse(value, Name)(Defaults)) ?? value;
            if (!seen.Add(normal)) throw UsageException.For(Name, Given, $"{value} stands there twice");
        }
    }

    void RefuseSeedsTwice()
    {
        (ulong Low, ulong High)[] ranges = [.. parts.Select(part => (Seed(part, 0), Seed(part, part.Last))).OrderBy(range => range.Item1)];
        for (int k = 1; k < ranges.Length; k++)
            if (ranges[k].Low <= ranges[k - 1].High) throw UsageException.For(Name, Given, $"{ranges[k].Low} stands there twice");

        static ulong Seed(Part part, long place) => ulong.Parse(part.Text(place), CultureInfo.InvariantCulture);
    }
}
