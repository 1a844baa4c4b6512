using System.Text;
using GpuMlp.Formats;
using GpuMlp.Tables;

namespace GpuMlp.Data;

/// <summary>Reads a table in parts of some rows, with the columns that a preprocessor needs, in constant memory.</summary>
static class TableParts
{
    /// <summary>Reads a file of text.</summary>
    public static IEnumerable<DataTable> Read(TablePreprocessor plan, TableSource source, TableReadOptions options, int rows, bool labelled)
    {
        options.Validate();
        FormatGuess guess = FormatGuess.Of(source, options with { KnownNames = plan.FeatureNames });
        string[] names = guess.Names(guess.HeaderEncoding);
        // a separator at the end of every row is no column
        int width = guess.Width;
        while (width > 1 && names[width - 1].Length == 0 && width > guess.Width - guess.EmptyEnd && plan.Width < width) width--;
        guess = guess with { Width = width };
        using var reader = new TableReader(source, guess, guess.Format.Runs, Kinds(plan, source.Path, guess, names[..width], labelled),
            whole: false)
        { MendsTabs = options.Separator is null, KeepsEmptyRows = options.KeepEmptyRows };
        while (source.Whole(() => reader.Read(rows)) is DataTable part) yield return part;
    }

    static ColumnKind[] Kinds(TablePreprocessor plan, string path, FormatGuess guess, string[] names, bool labelled)
    {
        TableColumn[] columns =
            [.. names.Select((name, k) => new TableColumn(name, k + 1, 0, [], (IReadOnlyDictionary<int, float>?)null))];
        var header = new DataTable(path, columns, 0, guess.Width, guess.Format, null);
        var kinds = new ColumnKind[guess.Width];
        Array.Fill(kinds, ColumnKind.Skip);
        foreach ((TableColumn column, FeatureColumn feature) in plan.ColumnsOf(header, plan.Features).Zip(plan.Features))
            kinds[column.Position - 1] = feature.Values is not null || feature.Boolean ? ColumnKind.Text : ColumnKind.Number;
        if (!labelled) return kinds;
        foreach (TableColumn column in plan.ColumnsOf(header, plan.Labels))
            kinds[column.Position - 1] = plan.OneHot || plan.ClassNames.All(IsNumber) ? ColumnKind.Number : ColumnKind.Text;
        return kinds;
    }

    // the name of a class that was made of a number
    static bool IsNumber(string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        var numbers = new NumberFormat((byte)'.', 0);
        return numbers.TryParse(text, out double value) && (numbers.NotHeld(text, value) ?? TableColumn.Text(value)) == name;
    }
}
