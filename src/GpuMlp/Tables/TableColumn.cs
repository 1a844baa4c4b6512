namespace GpuMlp.Tables;

/// <summary>A column of a table: numbers in float64, or texts. Values may be missing.</summary>
public sealed class TableColumn
{
    readonly double[] numbers;
    readonly IReadOnlyDictionary<int, float> rounded;
    readonly IReadOnlyDictionary<int, string>? written;
    readonly int[] codes;
    readonly string[] values;

    internal TableColumn(string name, int position, int count, double[] numbers, IReadOnlyDictionary<int, float>? rounded,
        IReadOnlyDictionary<int, string>? written = null)
    {
        (Name, Position, Count, this.numbers, this.written, codes, values) = (name, position, count, numbers, written, [], []);
        this.rounded = rounded ?? new Dictionary<int, float>();
        for (int row = 0; row < count; row++) Missing += double.IsNaN(numbers[row]) ? 1 : 0;
    }

    internal TableColumn(string name, int position, int count, int[] codes, string[] values)
    {
        (Name, Position, Count, numbers, this.codes, this.values) = (name, position, count, [], codes, values);
        (IsText, rounded) = (true, new Dictionary<int, float>());
        Missing = codes.AsSpan(0, count).Count(-1);
    }

    /// <summary>A column of numbers; NaN is a missing value.</summary>
    /// <param name="name">Its name; empty for none.</param>
    /// <param name="numbers">The values; the array is not copied.</param>
    public static TableColumn OfNumbers(string name, double[] numbers)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(numbers);
        return new(name, 1, numbers.Length, numbers, null);
    }

    /// <summary>A column of texts; null is a missing value.</summary>
    /// <param name="name">Its name; empty for none.</param>
    /// <param name="texts">The values.</param>
    public static TableColumn OfTexts(string name, IReadOnlyList<string?> texts)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(texts);
        var known = new Dictionary<string, int>();
        var codes = new int[texts.Count];
        for (int row = 0; row < codes.Length; row++)
        {
            if (texts[row] is not string text) codes[row] = -1;
            else if (!known.TryGetValue(text, out codes[row])) known.Add(text, codes[row] = known.Count);
        }
        return new(name, 1, codes.Length, codes, [.. known.Keys]);
    }

    /// <summary>Its name; empty if it has none.</summary>
    public string Name { get; }

    /// <summary>Its place in the file, from 1.</summary>
    public int Position { get; }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>Whether its values are texts: it is, if one of them is no number.</summary>
    public bool IsText { get; }

    /// <summary>The number of rows without a value.</summary>
    public int Missing { get; }

    /// <summary>The different texts, in the order in which they come; none for a column of numbers.</summary>
    public IReadOnlyList<string> Values => values;

    /// <summary>The name for messages and labels: its own, or its position.</summary>
    public string Label => Name.Length > 0 ? Name : $"{Position}";

    /// <summary>What messages and their advice call it: its position, which options take too, where the name is
    /// long or a shell does not take it between quotes.</summary>
    internal string Shown =>
        Formats.Quoted.Cut(Name) == Name && !Name.Any(c => c == '\'' || char.IsControl(c)) ? Label : $"{Position}";

    /// <summary>A value of a column of numbers; NaN if it is missing, and for a column of texts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public double Number(int row) => IsText ? double.NaN : numbers[Checked(row)];

    /// <summary>A value as text; null if it is missing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public string? Text(int row) => IsMissing(row) ? null : IsText ? values[codes[row]]
        : written is not null && written.TryGetValue(row, out string? text) ? text : Text(numbers[row]);

    /// <summary>Whether a row has no value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public bool IsMissing(int row) => IsText ? codes[Checked(row)] < 0 : double.IsNaN(numbers[Checked(row)]);

    /// <summary>The same column at another place.</summary>
    internal TableColumn At(int position) => position == Position ? this
        : IsText ? new(Name, position, Count, codes, values) : new(Name, position, Count, numbers, rounded, written);

    /// <summary>A number as names of classes show it: a whole one with all of its digits.</summary>
    internal static string Text(double number) => number == 0 ? "0"
        : Math.Abs(number) is >= 1e15 and < 1e28 ? FormattableString.Invariant($"{number:F0}") : FormattableString.Invariant($"{number:R}");

    /// <summary>Whether it has numbers that float64 does not hold, such as keys of more than 16 digits; only their texts tell them
    /// apart.</summary>
    internal bool HasLongNumbers => written is not null;

    /// <summary>The number of a row's text in <see cref="Values"/>; -1 if it is missing.</summary>
    internal int Code(int row) => codes[row];

    /// <summary>A number as float32: the nearest to the file's text.</summary>
    internal float Rounded(int row) => rounded.TryGetValue(row, out float value) ? value : (float)numbers[row];

    /// <summary>The numbers, which may be longer than the column.</summary>
    internal double[] Numbers => numbers;

    /// <summary>The rows whose float32 is not their float64 rounded.</summary>
    internal IReadOnlyDictionary<int, float> RoundedOnce => rounded;

    int Checked(int row) => (uint)row < (uint)Count ? row
        : throw new ArgumentOutOfRangeException(nameof(row), row, $"column {Label} has rows 0 to {Count - 1}");
}
