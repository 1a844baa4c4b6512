namespace GpuMlp.Formats;

/// <summary>The values of one kind by the names that options and files give them, in the order in which to list them.</summary>
public sealed class Names<T> where T : notnull
{
    readonly string[] names;
    readonly T[] values;

    /// <summary>Takes each name and what it stands for.</summary>
    public Names(params (string Name, T Value)[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        names = new string[rows.Length];
        values = new T[rows.Length];
        for (int i = 0; i < rows.Length; i++) (names[i], values[i]) = rows[i];
    }

    /// <summary>All names.</summary>
    public IReadOnlyList<string> All => Array.AsReadOnly(names);

    /// <summary>What a name stands for.</summary>
    /// <exception cref="FormatException">Nothing; the message lists the names that are allowed, and the nearest one.</exception>
    public T Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int at = Array.IndexOf(names, name);
        return at >= 0 ? values[at] : throw new FormatException($"allowed are {string.Join(", ", names)}{NearestName.Advice(name, names)}");
    }

    /// <summary>The name of a value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has none.</exception>
    public string Of(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        for (int i = 0; i < values.Length; i++)
            if (values[i].Equals(value)) return names[i];
        throw new ArgumentOutOfRangeException(nameof(value), value, "there is no such value in the table of names");
    }
}

/// <summary>The name that was meant by one with a slip in it.</summary>
static class NearestName
{
    /// <summary>What to say after the names that are allowed; nothing where a name shares little with any of them.</summary>
    public static string Advice(string name, string[] names)
    {
        if (name.Length > Quoted.Most) return "";
        string nearest = names.MinBy(other => Distance(name, other))!;
        return Distance(name, nearest) <= Math.Max(1, nearest.Length / 3) ? $"; did you mean {nearest}?" : "";
    }

    // the fewest characters to insert, leave out, replace or swap with their neighbour
    static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j
                    : Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[a.Length, b.Length];
    }
}
