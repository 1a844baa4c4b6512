using GpuMlp.Cli.Shell;
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
        if (config.Label is not null || IsName(table.Columns[^1])) return null;
        TableColumn[] others = [.. table.Columns.SkipLast(1)];
        string taken = $"the label is the last column, {UsageException.Cut(table.Columns[^1].Label)}";
        if (others.FirstOrDefault(IsName) is TableColumn named) return $"{taken}; --label '{named.Label}' takes column {named.Label}";
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
    static string Argument(TableColumn column) =>
        UsageException.Cut(column.Label) != column.Label ? $"{column.Position}" : $"'{column.Label}'";

    static bool IsName(TableColumn column) => Names.Contains(column.Name.ToLowerInvariant());

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
