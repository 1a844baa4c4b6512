using System.Text;
using GpuMlp.Formats;
using GpuMlp.Tables;
using static System.FormattableString;

namespace GpuMlp.Data;

/// <summary>Fits a preprocessor to rows of a table.</summary>
sealed class TableFitting
{
    readonly DataTable table;
    readonly ColumnOptions options;
    readonly ColumnChoice choice;
    readonly List<string> notes;
    readonly IReadOnlyList<int> rows;

    public TableFitting(DataTable table, ColumnOptions options, IReadOnlyList<int>? rows)
    {
        (this.table, this.options, choice) = (table, options, ColumnChoice.Of(table, options));
        notes = [.. choice.Notes];
        foreach (int row in rows ?? [])
            if ((uint)row >= (uint)table.Count) throw new ArgumentOutOfRangeException(nameof(rows), row,
                $"'{table.Name}' has rows 0 to {table.Count - 1}");
        this.rows = rows ?? [.. Enumerable.Range(0, table.Count)];
    }

    /// <summary>Whether a text is true.</summary>
    public static bool IsTrue(string text) => text.Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a text is false.</summary>
    public static bool IsFalse(string text) => text.Equals("false", StringComparison.OrdinalIgnoreCase);

    public TablePreprocessor Fit()
    {
        TableColumn[] used = [.. choice.Features, .. choice.Labels];
        RequireNumbers();
        if (used.Any(column => column.Missing > 0)) TellMissing(used);
        bool numbersOnly = choice.Labels.Count > 1 || options.Labels == LabelUse.Numbers;
        foreach (TableColumn label in choice.Labels.Where(label => label.IsText)) RequireNoMix(label, numbersOnly);
        LabelColumns labels = LabelColumns.Of(table, choice.Labels, options.Labels);
        int[] complete = [.. rows.Where(row => used.All(column => column.Missing == 0 || !column.IsMissing(row) || Fills(column)))];
        if (complete.Length == 0) throw new InvalidDataException($"{table.Path}: no row has all values that are needed");
        FeatureColumn[] features = [.. choice.Features.Select(column => Feature(column, complete))];
        TellClasses(labels);
        try
        {
            return new TablePreprocessor(features, [.. choice.Labels.Select(column => new FeatureColumn(column.Name, column.Position))],
                labels, options.Missing, options.Derive, table.Width)
            { Notes = notes };
        }
        catch (FormatException e)
        {
            throw new ColumnException(nameof(options.Derive), e.Message);
        }
    }

    bool Fills(TableColumn column) => options.Missing is MissingRule.Mean or MissingRule.Median && !choice.Labels.Contains(column);

    FeatureColumn Feature(TableColumn column, int[] complete)
    {
        if (!column.IsText)
            return new(column.Name, column.Position, Fill: Fills(column) && complete.Any(row => !column.IsMissing(row))
                ? Middle(column, complete) : null);
        if (column.Values.All(text => IsTrue(text) || IsFalse(text))) return new(column.Name, column.Position, Boolean: true);
        // the network's inputs are the same whichever rows are trained on
        HashSet<string?> trained = [.. complete.Select(column.Text)];
        string[] values = [.. column.Values.Order(StringComparer.Ordinal)], untrained = [.. values.Where(text => !trained.Contains(text))];
        return new(column.Name, column.Position, values, Untrained: untrained.Length > 0 ? untrained : null);
    }

    double Middle(TableColumn column, int[] complete)
    {
        double[] values = [.. complete.Where(row => !column.IsMissing(row)).Select(column.Number)];
        if (options.Missing == MissingRule.Mean)
        {
            double mean = 0;
            for (int k = 0; k < values.Length; k++) mean += (values[k] - mean) / (k + 1);
            return mean;
        }
        Array.Sort(values);
        int half = values.Length / 2;
        return values.Length % 2 == 1 ? values[half] : values[half - 1] + (values[half] - values[half - 1]) / 2;
    }

    // texts among numbers are mistakes; texts alone are categories, if there are not too many
    void RequireNumbers()
    {
        foreach (TableColumn column in choice.Features.Where(column => column.IsText)) RequireNoMix(column, false);
        TableColumn[] many = [.. choice.Features.Where(column => column.IsText && column.Values.Count > FeatureColumn.MostValues)];
        if (many.Length == 0)
        {
            foreach (TableColumn column in choice.Features)
                if (column.IsText && column.Values.All(NumberAdvice.IsDate))
                    notes.Add($"column {column.Shown}: {NumberAdvice.Dates(column)}; now each date is an input of 0 and 1");
                else if (column.IsText && column.Values.Count > 10 && column.Values.Count == column.Count - column.Missing)
                {
                    notes.Add($"column {column.Shown} holds another text in each row, which no new row repeats: "
                        + $"--ignore '{column.Shown}' leaves it out");
                }
            return;
        }
        string which = string
            .Join(" and ", many.Take(5).Select(column => Invariant($"{Quoted.Quote(column.Label)} ({column.Values.Count:N0})")));
        int row = Enumerable.Range(0, table.Count).First(row => !many[0].IsMissing(row));
        throw new InvalidDataException(
            $"{table.Where(row, many[0])}: {(many.Length > 1 ? $"the columns {which} hold" : $"column {which} holds")} different texts; "
            + $"up to {FeatureColumn.MostValues} become inputs of 0 and 1: "
            + $"--ignore '{string.Join(',', many.Select(column => column.Shown))}' leaves {(many.Length > 1 ? "them" : "it")} out"
            + LabelAdvice(many) + (many.FirstOrDefault(column => column.Values.All(NumberAdvice.IsDate)) is TableColumn dates
                ? $"; {NumberAdvice.Dates(dates)}" : ""));
    }

    // a column of texts is often the label
    string LabelAdvice(TableColumn[] texts) =>
        options.Label is null && texts is [var only] && only.Values.Count * 5 < table.Count
            ? $", --label '{only.Shown}' makes it the label" : "";

    void RequireNoMix(TableColumn column, bool numbersOnly)
    {
        bool[] number = [.. column.Values.Select(text => IsNumber(text))], nearly = [.. column.Values.Select(NumberAdvice.IsNearly)];
        int numbers = 0, similar = 0, first = -1;
        for (int row = 0; row < column.Count; row++)
        {
            if (column.IsMissing(row)) continue;
            int code = column.Code(row);
            if (number[code]) numbers++;
            else if (first < 0) first = row;
            if (!number[code] && nearly[code]) similar++;
        }
        int present = column.Count - column.Missing;
        bool label = choice.Labels.Contains(column);
        if (first < 0 || (!numbersOnly && 2 * (numbers + similar) < present)
            || (label && !numbersOnly && 10 * numbers < 9 * present && similar == 0)) return;
        int others = present - numbers - 1;
        string also = others > 0 ? Invariant($", nor are {others:N0} more of the column's {present:N0} values") : "";
        throw new InvalidDataException(
            $"{table.Where(first, column)}: {LabelColumns.NoNumber(column, first)}{also}{Advice(column, first, label)}");
    }

    string Advice(TableColumn column, int row, bool label) =>
        NumberAdvice.Of(column, row, table.Format) is { Length: > 0 } advice ? advice : label ? ""
            : $"; empty, ?, NA, N/A, nan and null stand for missing values (--missing), --ignore '{column.Shown}' leaves the column out";

    bool IsNumber(string text) => (table.Format?.Numbers ?? new NumberFormat((byte)'.', 0)).TryParse(Encoding.UTF8.GetBytes(text), out _);

    void TellMissing(TableColumn[] used)
    {
        TableColumn[] lacking = [.. used.Where(column => column.Missing > 0)];
        bool labelsOnly = lacking.All(choice.Labels.Contains);
        int cells = lacking.Sum(column => column.Missing);
        int[] incomplete = [.. Enumerable.Range(0, table.Count).Where(row => lacking.Any(column => column.IsMissing(row)))];
        string which = string.Join(", ", lacking.Take(10).Select(column => Invariant($"{Quoted.Cut(column.Label)} ({column.Missing:N0})")))
            + (lacking.Length > 10 ? $" and {lacking.Length - 10} more" : "");
        string values = Invariant($"{cells:N0} {(cells == 1 ? "value is" : "values are")} missing");
        string columns = $"in {(lacking.Length == 1 ? "column" : "columns")} {which}";
        string count = Invariant($"{values} in {incomplete.Length:N0} of {table.Count:N0} rows, {columns}");
        if (options.Missing == MissingRule.Fail)
        {
            TableColumn first = lacking.First(column => column.IsMissing(incomplete[0]));
            string where = first.Name.Length > 0 ? $" in column {Quoted.Quote(first.Name)}" : "";
            throw new InvalidDataException($"{table.Where(incomplete[0], first)}: the value is missing{where}: {count}; "
                + (choice.Labels.Any(label => label.IsText && label.Missing > 0)
                    ? "empty, ?, NA, N/A, nan and null stand for it, so that no class has such a name; " : "")
                + $"--missing drop leaves these rows out{(labelsOnly ? "" : ", mean and median fill the values in")}");
        }
        foreach (TableColumn column in lacking)
        {
            if (column.Missing == column.Count)
                throw new InvalidDataException(
                    $"{table.Where(0, column)}: column {column.Shown} has no value at all; --ignore '{column.Shown}' leaves it out");
            if (column.IsText && Fills(column))
                throw new InvalidDataException(
                    $"{table.Where(Enumerable.Range(0, table.Count).First(column.IsMissing), column)}: column {column.Shown} holds texts, "
                    + $"which have no {MissingRules.Names.Of(options.Missing)}; "
                    + $"--missing drop leaves the rows out, --ignore '{column.Shown}' the column");
        }
        string done = options.Missing == MissingRule.Drop || labelsOnly ? "these rows are left out"
            : $"the {MissingRules.Names.Of(options.Missing)} of the column stands for each";
        bool unlabelled = options.Missing != MissingRule.Drop && !labelsOnly && choice.Labels.Any(column => column.Missing > 0);
        notes.Add($"{count}: {done}{(unlabelled ? " feature, and rows without a label are left out" : "")}");
    }

    void TellClasses(LabelColumns labels)
    {
        if (labels.ClassNames.Count < 2 || labels.OneHot) return;
        TableColumn column = choice.Labels[0];
        Dictionary<string, int> counts = Counts(column);
        string[] single = [.. labels.ClassNames.Where(name => counts.GetValueOrDefault(name) == 1)];
        if (single.Length > 0)
            notes.Add(single.Length == 1 ? $"class {single[0]} has a single row"
                : $"the classes {Quoted.List(single)} have a single row each");
        foreach (var alike in labels.ClassNames.GroupBy(Folded).Where(group => group.Count() > 1).Take(5))
        {
            IEnumerable<string> counted = alike
                .Select(name => $"{Quoted.Quote(name)} ({Rows(counts.GetValueOrDefault(name))})");
            notes.Add($"the classes {string.Join(" and ", counted)} differ in case or blanks only; one spelling makes them one class");
        }
    }

    static string Rows(int count) => Invariant($"{count:N0} {(count == 1 ? "row" : "rows")}");

    static string Folded(string name) =>
        string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant();

    /// <summary>The number of rows of each label.</summary>
    static Dictionary<string, int> Counts(TableColumn column)
    {
        var counts = new Dictionary<string, int>();
        for (int row = 0; row < column.Count; row++)
            if (column.Text(row) is string text) counts[text] = counts.GetValueOrDefault(text) + 1;
        return counts;
    }
}
