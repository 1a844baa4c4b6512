namespace GpuMlp.Formats;

/// <summary>The names of values in options and files, in the order in which to list them.</summary>
public sealed class Names<T> where T : notnull
{
    readonly string[] names;
    readonly T[] values;

    /// <summary>Makes the table from the names and their values.</summary>
    public Names(params (string Name, T Value)[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        names = new string[rows.Length];
        values = new T[rows.Length];
        for (int i = 0; i < rows.Length; i++) (names[i], values[i]) = rows[i];
    }

    /// <summary>All names.</summary>
    public IReadOnlyList<string> All => Array.AsReadOnly(names);

    /// <summary>The value of a name.</summary>
    /// <exception cref="FormatException">
    /// There is no such name; the message lists the allowed names and suggests the nearest one.
    /// </exception>
    public T Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int at = Array.IndexOf(names, name);
        return at >= 0 ? values[at] : throw new FormatException($"allowed are {string.Join(", ", names)}{NearestName.Advice(name, names)}");
    }

    /// <summary>The name that resembles a text most; null if none does.</summary>
    public string? Nearest(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return NearestName.Of(text, names);
    }

    /// <summary>The name of a value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value has no name.</exception>
    public string Of(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        for (int i = 0; i < values.Length; i++)
            if (values[i].Equals(value)) return names[i];
        throw new ArgumentOutOfRangeException(nameof(value), value, "there is no such value in the table of names");
    }
}

/// <summary>Suggests the name that a user meant.</summary>
static class NearestName
{
    /// <summary>The text to add after the list of allowed names; empty if the name resembles none of them.</summary>
    public static string Advice(string name, string[] names) => Of(name, names) is string nearest ? $"; did you mean {nearest}?" : "";

    /// <summary>The name that a text resembles most; null if it resembles none.</summary>
    public static string? Of(string text, string[] names)
    {
        if (text.Length > Quoted.Most || names.Length == 0) return null;
        string small = text.ToLowerInvariant();
        string nearest = names.MinBy(other => Distance(small, other.ToLowerInvariant()))!;
        if (Distance(small, nearest.ToLowerInvariant()) <= Math.Max(1, nearest.Length / 3)) return nearest;
        // --batch-size means --batch
        return names.Where(other => other.Length > 4 && small.StartsWith(other, StringComparison.OrdinalIgnoreCase))
            .MaxBy(other => other.Length);
    }

    // the smallest number of characters to insert, delete, replace or swap with their neighbour
    static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j
                    : Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if (swapped) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[a.Length, b.Length];
    }
}
