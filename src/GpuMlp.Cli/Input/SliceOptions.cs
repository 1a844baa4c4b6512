using System.Globalization;
using GpuMlp.Cli.Shell;
using static System.FormattableString;

namespace GpuMlp.Cli.Input;

/// <summary>The options --axes and --fix, which choose two of many features and hold the others.</summary>
static class SliceOptions
{
    const int MostNames = 12;

    /// <summary>Reads two features, by name or position from 1.</summary>
    /// <exception cref="UsageException">They are not two features of these.</exception>
    public static (int X, int Y) Axes(string text, IReadOnlyList<string> names)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length != 2) throw UsageException.For("axes", text, "two features are needed, as a,b");
        (int x, int y) = (Find("axes", text, parts[0], names), Find("axes", text, parts[1], names));
        return x != y ? (x, y) : throw UsageException.For("axes", text, "two different features are needed");
    }

    /// <summary>Reads features and values, as c=1.5,d=2.</summary>
    /// <exception cref="UsageException">One is no feature with a number, or is an axis.</exception>
    public static IReadOnlyList<(int Feature, double Value)> Fixed(string? text, IReadOnlyList<string> names, int x, int y)
    {
        var read = new List<(int, double)>();
        foreach (string one in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = one.LastIndexOf('=');
            if (equals < 0 || !double.TryParse(one[(equals + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                || !double.IsFinite(value))
                throw UsageException.For("fix", text, $"'{UsageException.Cut(one)}' is not a feature and a number, as c=1.5");
            int feature = Find("fix", text!, one[..equals].Trim(), names);
            if (feature == x || feature == y)
                throw UsageException.For("fix", text, $"{names[feature]} is an axis of the picture; --axes says which two are");
            read.Add((feature, value));
        }
        return read;
    }

    /// <summary>The two of the first features that --fix does not hold; null if it leaves another number of them.</summary>
    /// <exception cref="UsageException">One that it holds is no feature with a number.</exception>
    public static (int X, int Y)? Left(string? text, IReadOnlyList<string> names, int own)
    {
        HashSet<int> held = [.. Fixed(text, names, -1, -1).Select(one => one.Feature)];
        return Enumerable.Range(0, own).Where(k => !held.Contains(k)).ToArray() is [int x, int y] ? (x, y) : null;
    }

    static int Find(string option, string given, string name, IReadOnlyList<string> names)
    {
        for (int k = 0; k < names.Count; k++)
            if (names[k] == name) return k;
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int place) && place >= 1 && place <= names.Count)
            return place - 1;
        string more = names.Count > MostNames ? Invariant($" and {names.Count - MostNames} more") : "";
        throw UsageException.For(
            option, given, $"'{UsageException.Cut(name)}' is no feature; there are {string.Join(", ", names.Take(MostNames))}{more}");
    }
}
