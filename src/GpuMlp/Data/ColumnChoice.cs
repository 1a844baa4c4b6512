using System.Globalization;
using GpuMlp.Formats;
using GpuMlp.Tables;

namespace GpuMlp.Data;

/// <summary>The columns of a table that are features and labels.</summary>
/// <param name="Features">The features.</param>
/// <param name="Labels">The labels.</param>
/// <param name="Notes">Why a column is left out, or may better be.</param>
sealed record ColumnChoice(IReadOnlyList<TableColumn> Features, IReadOnlyList<TableColumn> Labels, IReadOnlyList<string> Notes)
{
    static readonly string[] IdentifierNames = ["id", "index", "no", "nr", "row", "rowid"];

    /// <summary>Chooses by options.</summary>
    /// <exception cref="ColumnException">An option names a column that is not there, or that another option takes.</exception>
    public static ColumnChoice Of(DataTable table, ColumnOptions options)
    {
        TableColumn[] labels = options.Label is null ? [.. table.Columns.TakeLast(table.LabelColumns)]
            : List(table, options.Label, nameof(options.Label));
        TableColumn[] ignored = options.Ignore is null ? [] : List(table, options.Ignore, nameof(options.Ignore));
        if (ignored.FirstOrDefault(labels.Contains) is TableColumn lost)
            throw new ColumnException(nameof(options.Ignore),
                $"column {Quoted.Cut(lost.Label)} is the label{(options.Label is null ? ", which --label names" : "")}");
        var notes = new List<string>();
        TableColumn[] features;
        if (options.Features is string asked)
        {
            features = List(table, asked, nameof(options.Features));
            if (features.FirstOrDefault(column => labels.Contains(column) || ignored.Contains(column)) is TableColumn twice)
                throw new ColumnException(nameof(options.Features),
                    $"column {twice.Shown} is {(labels.Contains(twice) ? "the label" : "ignored")} and cannot be a feature too");
        }
        else
        {
            features = [.. table.Columns.Where(column => !labels.Contains(column) && !ignored.Contains(column))];
            if (features.Length > 1 && features[0] is { Position: 1 } first && IsUnnamed(table, first) && Counts(first)
                && !labels.Any(label => Equal(first, label)))
            {
                features = features[1..];
                string name = first.Name.Length > 0 ? $"({first.Name})" : "without a name";
                notes.Add($"column 1 {name} counts the rows: it is left out (--features may name it)");
            }
        }
        if (features.Length == 0)
            throw new ColumnException(options.Ignore is null ? nameof(options.Label)
                : nameof(options.Ignore), "no feature is left to learn from");
        foreach (var alike in features.Where(column => column.Name.Length > 0).GroupBy(column => column.Name).Where(g => g.Count() > 1))
            notes.Add($"{alike.Count()} columns are named {Quoted.Quote(alike.Key)}: they are told apart by their places, "
                + string.Join(", ", alike.Select(column => column.Position)));
        foreach (TableColumn column in features.Where(column => table.Count > 2))
        {
            string? why = Counts(column) ? "counts up from row to row" : IsIdentifier(column) ? "tells every row from the others" : null;
            if (why is not null && features.Length > 1)
                notes.Add($"column {column.Shown} {why}, which no new row repeats: --ignore {Argument(column)} leaves it out");
        }
        return new(features, labels, notes);
    }

    // a header may have no name for row numbers, and pandas gives it one when it reads such a file
    static bool IsUnnamed(DataTable table, TableColumn column) =>
        (column.Name.Length == 0 && table.HasNames) || column.Name == "Unnamed: 0";

    static bool Counts(TableColumn column)
    {
        if (column.IsText || column.Missing > 0 || column.Count < 2 || column.Number(0) != Math.Floor(column.Number(0))) return false;
        for (int row = 1; row < column.Count; row++)
            if (column.Number(row) != column.Number(row - 1) + 1) return false;
        return true;
    }

    static bool IsIdentifier(TableColumn column)
    {
        if (!IdentifierNames.Contains(column.Name.ToLowerInvariant()) || column.IsText) return false;
        var seen = new HashSet<double>();
        for (int row = 0; row < column.Count; row++)
            if (column.Number(row) != Math.Floor(column.Number(row)) || !seen.Add(column.Number(row))) return false;
        return true;
    }

    static bool Equal(TableColumn column, TableColumn label)
    {
        for (int row = 0; row < column.Count; row++)
            if (column.Number(row) != label.Number(row)) return false;
        return true;
    }

    static string Argument(TableColumn column) =>
        column.Shown.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.') ? column.Shown : $"'{column.Shown}'";

    /// <summary>The columns of a list of names and positions.</summary>
    static TableColumn[] List(DataTable table, string list, string setting)
    {
        string[] parts = list.Split(',');
        var columns = new List<TableColumn>();
        for (int at = 0; at < parts.Length;)
        {
            int taken = parts.Length - at;                                // a name may have commas in it
            while (taken > 1 && table.Columns.All(column => column.Name != string.Join(',', parts[at..(at + taken)]))) taken--;
            TableColumn column = Find(table, taken == 1 ? parts[at].Trim() : string.Join(',', parts[at..(at + taken)]), setting);
            if (columns.Contains(column)) throw new ColumnException(setting, $"column {Quoted.Cut(column.Label)} stands there twice");
            columns.Add(column);
            at += taken;
        }
        return [.. columns];
    }

    /// <summary>The column of a name, or else of a position.</summary>
    public static TableColumn Find(DataTable table, string text, string setting)
    {
        TableColumn[] named = [.. table.Columns.Where(column => column.Name == text && text.Length > 0)];
        if (named.Length == 1) return named[0];
        if (named.Length > 1)
            throw new ColumnException(setting,
                $"{table.Path}: two columns are named {Quoted.Quote(text)}; give the position, 1 to {table.Width}");
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int position)
            && table.Columns.FirstOrDefault(column => column.Position == position) is TableColumn there)
        {
            return there;
        }
        string[] names = [.. table.Columns.Select(column => column.Name).Where(name => name.Length > 0)];
        string has = table.HasNames ? $"{Quoted.List(names)}" : "no header", near = table.HasNames && !text.All(char.IsAsciiDigit)
            ? NearestName.Advice(text, names) : "";
        throw new ColumnException(setting,
            $"{table.Path} has no column {Quoted.Quote(text)}; it has {has} (positions 1 to {table.Width}){near}");
    }
}
