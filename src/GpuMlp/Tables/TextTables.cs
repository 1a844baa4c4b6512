namespace GpuMlp.Tables;

/// <summary>Reads whole tables of text.</summary>
static class TextTables
{
    /// <summary>Reads all rows. A column that turns out to hold texts after numbers is read once more, as text.</summary>
    public static DataTable Read(TableSource source, TableReadOptions options)
    {
        FormatGuess guess = FormatGuess.Of(source, options);
        if (guess.Width < 2)
            throw new InvalidDataException(
                $"{source.Path}:{guess.FirstLine}:1: one column only; a row needs at least one feature and a label "
                + "(--separator names the character between fields)");
        bool runs = guess.Format.Runs;
        var kinds = new ColumnKind[guess.Width];
        try { return source.Whole(() => Read(source, guess, runs, kinds, options.KeepEmptyRows)); }
        catch (InvalidDataException) when (guess.Format is { Separator: '\t', Runs: false } && options.Separator is null)
        {
            // doubled tabs further down
            try { return source.Whole(() => Read(source, guess, true, kinds, options.KeepEmptyRows)); }
            catch (InvalidDataException) { }
            throw;
        }
    }

    static DataTable Read(TableSource source, FormatGuess guess, bool runs, ColumnKind[] kinds, bool keepEmptyRows)
    {
        while (true)
        {
            using var reader = new TableReader(source, guess, runs, kinds, whole: true) { KeepsEmptyRows = keepEmptyRows };
            DataTable? table = reader.Read(int.MaxValue);
            if (table is null)
                throw new InvalidDataException($"{source.Path}:{guess.FirstLine}:1: no row follows the header; data needs at least one");
            int[] mixed = [.. reader.Mixed];
            if (mixed.Length == 0) return Finish(source, reader, table);
            foreach (int column in mixed) kinds[column] = ColumnKind.Text;
        }
    }

    static DataTable Finish(TableSource source, TableReader reader, DataTable table)
    {
        var notes = new List<string>();
        if (source.EncodingName is string encoding) notes.Add($"the text is {encoding}");
        if (reader.NotUtf8 > 0) notes
            .Add($"the text is not UTF-8 (line {reader.NotUtf8} is the first that is not): it is read as windows-1252");
        if (reader.EmptyRows > 0) notes.Add(reader.EmptyRows == 1 ? "a row without any value is left out"
            : $"{reader.EmptyRows} rows without any value are left out");
        if (reader.Comments > 0) notes.Add(reader.Comments == 1 ? "a line among the rows begins with #: it is left out as a comment"
            : $"{reader.Comments} lines among the rows begin with #: they are left out as comments");
        List<TableColumn> columns = [.. table.Columns];
        while (columns.Count > 2 && IsNothing(columns[^1])) columns.RemoveAt(columns.Count - 1);
        if (columns.Count < table.Columns.Count)
            notes.Add("a separator ends every row: a last column without a name and without values is left out");
        // without a header a column may well have lost its values
        TableColumn[] nameless = table.HasNames ? [.. columns.Where(IsNothing).Take(columns.Count - 2)] : [];
        foreach (TableColumn column in nameless)
        {
            columns.Remove(column);
            notes.Add($"column {column.Position} has neither a name nor a value: it is left out");
        }
        return new DataTable(table, columns, notes);
    }

    static bool IsNothing(TableColumn column) => column.Name.Length == 0 && column.Missing == column.Count;
}
