using GpuMlp.Formats;
using GpuMlp.Tables;

namespace GpuMlp.Data;

/// <summary>Turns label columns into numbers of classes or into targets.</summary>
/// <param name="ClassNames">The names of the classes; empty for targets.</param>
/// <param name="OneHot">Whether there is a column per class, with a 1 in the row's.</param>
sealed record LabelColumns(IReadOnlyList<string> ClassNames, bool OneHot)
{
    // more different numbers than these, that are not whole, are measured and no classes
    const int MostFractions = 20;

    /// <summary>Finds the classes of labels, over all rows that have one.</summary>
    /// <exception cref="InvalidDataException">The labels cannot be what they are to be.</exception>
    public static LabelColumns Of(DataTable table, IReadOnlyList<TableColumn> columns, LabelUse use)
    {
        if (columns.Count > 1)
        {
            if (use != LabelUse.Classes) return new([], false);
            foreach (TableColumn column in columns) RequireIndicator(table, column);
            return new([.. columns.Select(column => column.Label)], true);
        }
        TableColumn label = columns[0];
        if (label.IsText)
        {
            if (use == LabelUse.Numbers) throw new InvalidDataException(
                $"{table.Where(FirstText(label), label)}: {NoNumber(label, FirstText(label))}");
            return new([.. label.Values.Order(StringComparer.Ordinal)], false);
        }
        if (use == LabelUse.Numbers) return new([], false);
        double[] values = [.. Enumerable.Range(0, table.Count).Where(row => !label.IsMissing(row)).Select(label.Number).Distinct().Order()];
        if (values.All(value => value is 0 or 1)) return new(["0", "1"], false);
        if (values.Select((value, k) => value == k).All(same => same) || (use == LabelUse.Classes && AreCodes(values)))
            return new(Names(label, values), false);
        if (use == LabelUse.Automatic) return new([], false);
        throw new ColumnException("Label",
            $"{table.Path}: the label column {Quoted.Cut(label.Label)} holds {values.Length} different numbers "
            + $"({Some(values)}), which are no classes; the loss mse takes them as numbers");
    }

    // numbers that float64 does not hold are told apart by their texts
    static string[] Names(TableColumn label, double[] values) => !label.HasLongNumbers ? [.. values.Select(TableColumn.Text)]
        : [.. Enumerable.Range(0, label.Count).Where(row => !label.IsMissing(row))
            .Select(row => (Value: label.Number(row), Text: label.Text(row)!)).Distinct()
            .OrderBy(pair => pair.Value).ThenBy(pair => pair.Text, StringComparer.Ordinal).Select(pair => pair.Text)];

    static bool AreCodes(double[] values) =>
        values.All(double.IsFinite) && (values.Length <= MostFractions || values.All(value => value == Math.Floor(value)));

    static string Some(double[] values) => string.Join(", ", values.Take(3).Select(TableColumn.Text)) + (values.Length > 3 ? ", …" : "");

    static int FirstText(TableColumn column) => Enumerable.Range(0, column.Count).First(row => !column.IsMissing(row));

    /// <summary>What is wrong with a text where a number is needed.</summary>
    internal static string NoNumber(TableColumn column, int row)
    {
        string where = column.Name.Length > 0 ? $" in column {Quoted.Quote(column.Name)}" : "";
        return $"{Quoted.Quote(column.Text(row))}{where} is not a number";
    }

    static void RequireIndicator(DataTable table, TableColumn column)
    {
        for (int row = 0; row < table.Count; row++)
        {
            if (!column.IsMissing(row) && column.Number(row) is not (0 or 1))
                throw new InvalidDataException(
                    $"{table.Where(row, column)}: {Quoted.Quote(column.Text(row))} in label column {Quoted.Cut(column.Label)}; "
                    + "several label columns are classes where each row has 0 in all of them and 1 in that of its class");
        }
    }

    /// <summary>The label of a row: the number of its class, or a target.</summary>
    /// <exception cref="InvalidDataException">The row has no such label, or one of no class.</exception>
    public double Of(DataTable table, IReadOnlyList<TableColumn> columns, IReadOnlyDictionary<string, int> classes, int row, int target)
    {
        if (OneHot)
        {
            int[] ones = [.. Enumerable.Range(0, columns.Count).Where(k => columns[k].Number(row) == 1)];
            return ones.Length == 1 ? ones[0] : throw new InvalidDataException(
                $"{table.Where(row, columns[0])}: the row has a 1 in {ones.Length} of the {columns.Count} label columns; "
                + "it needs one in that of its class");
        }
        TableColumn column = columns[target];
        if (ClassNames.Count == 0)
        {
            if (column.IsText) throw new InvalidDataException($"{table.Where(row, column)}: {NoNumber(column, row)}");
            return column.Number(row);
        }
        string text = column.Text(row)!;
        return classes.TryGetValue(text, out int number) ? number : throw new InvalidDataException(
            $"{table.Where(row, column)}: {Quoted.Quote(text)} is none of the classes {Quoted.List([.. ClassNames])}");
    }
}
