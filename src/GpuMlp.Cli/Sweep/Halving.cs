using System.Globalization;
using System.Text.Json.Serialization;
using GpuMlp.Cli.Shell;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// Successive halving: all settings are trained for few steps, the best of them by validation for several times as many, and so on.
/// Networks that differ in their seed alone are one setting.
/// </summary>
/// <param name="Factor">Of how many settings one goes on, and how many times as many steps it then makes.</param>
/// <param name="Rungs">The number of rungs; null for as many as there are settings and steps for, up to five.</param>
sealed record Halving(int Factor, int? Rungs)
{
    const int MostFactor = 1000, UsualRungs = 5;

    /// <summary>Reads --halving.</summary>
    /// <exception cref="UsageException">The text is none.</exception>
    public static Halving Read(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length <= 2 && Whole(parts[0]) is int factor and >= 2 and <= MostFactor)
        {
            if (parts.Length == 1) return new Halving(factor, null);
            if (Whole(parts[1]) is int rungs and >= 2) return new Halving(factor, rungs);
        }
        throw UsageException.For("halving", text,
            Invariant($"F or F:RUNGS is needed, as 3 or 3:4, with F from 2 to {MostFactor:N0} and 2 rungs at least"));
    }

    /// <summary>The rungs of a sweep.</summary>
    /// <param name="settings">The number of its settings.</param>
    /// <param name="steps">The steps of the last rung.</param>
    /// <exception cref="UsageException">There are too few settings or steps.</exception>
    public IReadOnlyList<SweepRung> Of(int settings, int steps)
    {
        List<int> powers = [1];
        long Next() => (long)powers[^1] * Factor;
        while (powers.Count < (Rungs ?? UsualRungs) && Next() <= Math.Min(settings, steps)) powers.Add((int)Next());
        if (powers.Count < (Rungs ?? 2))
        {
            string few = Next() > settings ? Invariant($"{settings:N0} settings") : Invariant($"{steps:N0} steps");
            throw UsageException.For("halving", $"{this}", $"{few} are too few for {Rungs ?? 2} rungs, of which each has one in {Factor} "
                + $"of the settings before, and {Factor} times the steps");
        }
        return [.. powers.Select((power, k) => new SweepRung(k + 1, powers.Count, settings / power, steps / powers[^(k + 1)]))];
    }

    static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    public override string ToString() => Rungs is int rungs ? Invariant($"{Factor}:{rungs}") : Invariant($"{Factor}");
}

/// <summary>One rung of a sweep by successive halving. It begins anew: its networks are those that train makes of its steps.</summary>
/// <param name="Number">Which one, from 1.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Settings">How many settings it trains.</param>
/// <param name="Steps">Steps of each network.</param>
sealed record SweepRung(int Number, int Count, int Settings, int Steps)
{
    const string Begin = "rung-";

    /// <summary>Whether no other follows.</summary>
    [JsonIgnore]
    public bool IsLast => Number == Count;

    /// <summary>How large it is, as text.</summary>
    [JsonIgnore]
    public string Size => Invariant($"{Settings:N0} {(Settings == 1 ? "setting" : "settings")}, {Steps:N0} steps each");

    /// <summary>Its folder in that of the sweep: the last rung's outputs are the sweep's own.</summary>
    public string FolderIn(string sweep) => IsLast ? sweep : Path.Combine(sweep, Begin + Number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The folder of the sweep whose rung has its files in a folder.</summary>
    public string SweepOf(string folder) => IsLast ? folder : Path.GetDirectoryName(Path.GetFullPath(folder))!;

    /// <summary>The folders of rungs in a sweep's folder, by number.</summary>
    public static SortedDictionary<int, string> FoldersIn(string sweep)
    {
        var folders = new SortedDictionary<int, string>();
        foreach (string path in Directory.GetDirectories(sweep, $"{Begin}*"))
            if (int.TryParse(Path.GetFileName(path)[Begin.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                folders[number] = path;
        return folders;
    }

    public override string ToString() => Invariant($"rung {Number} of {Count}");
}
