using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Losses;
using GpuMlp.Records;
using GpuMlp.Tables;
using static System.FormattableString;

namespace GpuMlp.Cli.Input;

/// <summary>The rows that a config trains and judges on, and how they came from a table.</summary>
/// <param name="All">All rows in their own units. What stands for missing values was learned from all of them: see
/// <see cref="Fit"/>.</param>
/// <param name="Table">The table; null for generated rows as they are.</param>
/// <param name="Columns">What made the rows of the table.</param>
/// <param name="Rows">The table's rows that have all values that are needed.</param>
/// <param name="Config">What is asked for.</param>
sealed record LoadedData(DataSet All, DataTable? Table, TablePreprocessor? Columns, int[] Rows, TrainConfig Config)
{
    const int MostClassesShown = 12;

    /// <summary>Rows that no table was read for.</summary>
    public static LoadedData Of(TrainConfig config, DataSet rows) => new(rows, null, null, [], config);

    /// <summary>Makes rows of a table as a config says.</summary>
    /// <exception cref="ColumnException">An option names no column.</exception>
    /// <exception cref="InvalidDataException">The table does not hold such data.</exception>
    public static LoadedData Of(TrainConfig config, DataTable table)
    {
        TablePreprocessor columns = TablePreprocessor.Fit(table, Options(config));
        if (config.Loss.Labels == LabelKind.Number && columns.ClassNames.Count > 2 && !LabelIsText(table, columns))
            columns = TablePreprocessor.Fit(table, Options(config) with { Labels = LabelUse.Numbers });
        int[] rows = columns.CompleteRows(table);
        DataSet all = columns.Transform(table, rows.Length == table.Count ? null : rows, config.Standardize);
        return new(all, table, columns, rows, config);
    }

    static ColumnOptions Options(TrainConfig config) => new()
    {
        Features = config.Features,
        Ignore = config.Ignore,
        Label = config.Label,
        Missing = config.Missing,
        Derive = config.Derive,
        Labels = config.Loss.Labels == LabelKind.Number ? LabelUse.Automatic : LabelUse.Classes,
    };

    static bool LabelIsText(DataTable table, TablePreprocessor columns) =>
        table.Columns.First(column => column.Position == columns.Labels[0].Position).IsText;

    /// <summary>The rows to train on, and what was learned from these alone.</summary>
    /// <param name="rows">Rows of <see cref="All"/>.</param>
    public (DataSet Training, TablePreprocessor? Columns) Fit(int[] rows)
    {
        if (Columns is not { LearnsFromRows: true }) return (All.Rows(rows), Columns);
        int[] training = [.. rows.Select(row => Rows[row])];
        ColumnOptions options = Options(Config);
        if (Columns.ClassNames.Count == 0) options = options with { Labels = LabelUse.Numbers };
        TablePreprocessor fitted = TablePreprocessor.Fit(Table!, options, training);
        return (fitted.Transform(Table!, training, Config.Standardize), fitted);
    }

    /// <summary>Other rows of <see cref="All"/>, made by what was learned from the rows to train on.</summary>
    public DataSet KeptBack(TablePreprocessor? fitted, int[] rows) => Columns is not { LearnsFromRows: true } ? All.Rows(rows)
        : fitted!.Transform(Table!, [.. rows.Select(row => Rows[row])], Config.Standardize);

    /// <summary>What the user should know: how the file was read, and what was done to it.</summary>
    public IEnumerable<string> Notes => Table is null ? [] : [.. Table.Notes, .. Columns!.Notes, .. LabelNote()];

    /// <summary>How the table was read, in a line; null for generated rows.</summary>
    public string? Summary
    {
        get
        {
            if (Table is null || Columns is null) return null;
            string format = Table.Format is not TableFormat read ? ""
                : $"{read.SeparatorName}{(read.Decimal == ',' ? ", decimal comma" : "")}, {(read.HasHeader ? "header" : "no header")}, ";
            string label = Columns.Labels.Count == 1 ? $"label {UsageException.Cut(Columns.Labels[0].Label)}"
                : $"labels {Names(Columns.Labels.Select(column => column.Label))}";
            string inputs = Columns.InputNames.Count > 0 ? $" ({Names(Columns.InputNames)})" : "";
            string rows = Number(All.Count, "row"), features = Number(All.Features, "feature");
            return $"{Table.Name}: {format}{rows}, {label} ({Labels()}), {features}{inputs}";
        }
    }

    static string Number(int count, string what) => Invariant($"{count:N0} {what}{(count == 1 ? "" : "s")}");

    static string Names(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(MostClassesShown).Select(UsageException.Cut))
            + (all.Length > MostClassesShown ? $" and {all.Length - MostClassesShown} more" : "");
    }

    string Labels()
    {
        if (All.ClassCount == 0) return All.Targets > 1 ? "numbers" : Invariant($"numbers {All.Labels.Min():G4} to {All.Labels.Max():G4}");
        var counts = new int[All.ClassCount];
        foreach (float label in All.Labels) counts[(int)label]++;
        return Invariant($"{All.ClassCount} classes: ") + Names(All.ClassNames.Select((name, k) => Invariant($"{name} {counts[k]:N0}")));
    }

    IEnumerable<string> LabelNote() => LabelAdvice.Of(Table!, Config) is string advice ? [advice] : [];
}
