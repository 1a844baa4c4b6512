using GpuMlp.Cli.Shell;
using GpuMlp.Losses;
using GpuMlp.Records;
using GpuMlp.Tables;

namespace GpuMlp.Cli.Input;

/// <summary>Which columns of a table are likely its labels, where nobody named one and the last was taken.</summary>
static class LabelAdvice
{
    static readonly string[] Names =
        ["label", "labels", "class", "target", "y", "species", "outcome", "diagnosis", "survived", "category", "variety", "quality"];

    // as many rows have each text of a class on average
    const int RowsOfAText = 5;

    /// <summary>What to take as the label; null if the last column is as likely as any.</summary>
    public static string? Of(DataTable table, TrainConfig config)
    {
        if (config.Label is not null || table.LabelColumns > 1 || IsName(table, table.Columns[^1])) return null;
        TableColumn[] others = [.. table.Columns.SkipLast(1)];
        string taken = $"the label is the last column, {UsageException.Cut(table.Columns[^1].Label)}";
        if (Targets(table, config) is int targets)
        {
            TableColumn[] last = [.. table.Columns.TakeLast(targets)];
            string names = string.Join(',', last.Select(column => column.Label)), places = string.Join(',', last.Select(c => c.Position));
            return $"{taken}; --label {Argument(names, places)} makes the last {targets} columns the labels";
        }
        if (others.FirstOrDefault(column => IsName(table, column)) is TableColumn named)
            return $"{taken}; --label {Argument(named)} takes column {named.Label}";
        if (table.Columns[^1].IsText) return null;
        int indicators = Indicators(table);
        if (indicators > 2)
        {
            string list = string.Join(',', table.Columns.TakeLast(indicators).Select(column => column.Label));
            return $"{taken}; the last {indicators} columns hold a single 1 in each row: --label '{list}' makes them {indicators} classes";
        }
        return others.FirstOrDefault(column => column.IsText && column.Values.Count * RowsOfAText <= table.Count) is TableColumn text
            ? $"{taken}; column {UsageException.Cut(text.Label)} holds {text.Values.Count} different texts: "
                + $"--label {Argument(text)} makes it the label" : null;
    }

    // a long name is no advice: the position is taken as well
    static string Argument(TableColumn column) => Argument(column.Label, $"{column.Position}");

    static string Argument(string name, string position) =>
        UsageException.Cut(name) != name || name.Any(c => c == '\'' || char.IsControl(c)) ? position : $"'{name}'";

    // beside x, y is the other axis
    static bool IsName(DataTable table, TableColumn column) => Names.Contains(column.Name.ToLowerInvariant())
        && (column == table.Columns[^1] || column.Name is not ("y" or "Y") || table.Columns.All(other => other.Name is not ("x" or "X")));

    // the outputs of a network of numbers, where the columns before as many labels are its inputs
    static int? Targets(DataTable table, TrainConfig config)
    {
        int outputs = config.Net.Widths[^1];
        return config.Loss.Labels == LabelKind.Number && outputs > 1 && config.Features is null
            && table.Columns.Count - outputs == config.Net.Widths[0] ? outputs : null;
    }

    // how many of the last columns have one 1 in each row between them, and else 0
    static int Indicators(DataTable table)
    {
        var sums = new double[table.Count];
        int found = 0;
        for (int k = 1; k < table.Columns.Count; k++)
        {
            TableColumn column = table.Columns[^k];
            for (int row = 0; row < table.Count; row++)
            {
                if (column.Number(row) is not (0 or 1)) return found;
                sums[row] += column.Number(row);
                if (sums[row] > 1) return found;
            }
            if (sums.All(sum => sum == 1)) found = k;
        }
        return found;
    }
}
