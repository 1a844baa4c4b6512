using System.Text;

namespace GpuMlp.Tables;

/// <summary>Reads a text file's table, whole or in parts of some rows.</summary>
sealed class TableReader : IDisposable
{
    readonly TableSource source;
    readonly FormatGuess guess;
    readonly TableFormat format;
    readonly RowReader rows;
    readonly ColumnBuilder[] builders;
    readonly ColumnKind[] kinds;
    readonly int expected;
    readonly Stream stream;
    bool begun;
    int? commentsAhead, skippedAhead;

    /// <summary>Opens the text again.</summary>
    /// <param name="source">The file.</param>
    /// <param name="guess">How it holds its table.</param>
    /// <param name="runs">Whether runs of its separator are one.</param>
    /// <param name="kinds">What each column is read as, in the order of the file.</param>
    /// <param name="whole">Whether all rows will be read at once.</param>
    public TableReader(TableSource source, FormatGuess guess, bool runs, IReadOnlyList<ColumnKind> kinds, bool whole)
    {
        (this.source, this.guess, format) = (source, guess, guess.Format with { Runs = runs });
        this.kinds = [.. kinds];
        stream = source.Open();
        rows = new RowReader(stream, source.Path, format.Separator, runs, capacity: source.IsShort ? source.Head.Length + 1 : 1 << 16);
        builders = [.. this.kinds.Select(kind => new ColumnBuilder(kind))];
        if (whole && source.Length is long length && guess.Bytes > 0)
            expected = (int)Math.Min(length / Math.Max(1, guess.Bytes / guess.Rows) * 1.03 + 16, Array.MaxLength);
    }

    int Skipped => rows.Comments + rows.BlankLines + rows.EmptyRows;

    /// <summary>The lines that the rows of the part begin in.</summary>
    LineNumbers lines = new();

    /// <summary>Whether doubled tabs are one in a row that is else too long.</summary>
    public bool MendsTabs { get; init; }

    /// <summary>Whether a row of separators alone is a row without values.</summary>
    public bool KeepsEmptyRows { get; init; }

    /// <summary>The number of lines that begin with #, after the first row.</summary>
    public int Comments => rows.Comments - (commentsAhead ?? rows.Comments);

    /// <summary>The line of the first row that is not UTF-8; 0 if all rows so far are.</summary>
    public long NotUtf8 => rows.NotUtf8;

    /// <summary>The number of rows so far without any value, which are skipped.</summary>
    public int EmptyRows => rows.EmptyRows;

    /// <summary>The columns that hold numbers and texts, so that they have to be read again as texts.</summary>
    public IEnumerable<int> Mixed => Enumerable.Range(0, builders.Length).Where(column => builders[column].IsMixed);

    /// <summary>The encoding that the rows so far are in.</summary>
    public Encoding Encoding => rows.NotUtf8 > 0 ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.UTF8;

    /// <summary>Reads rows.</summary>
    /// <param name="most">The most rows to read.</param>
    /// <returns>The table of these rows; null if there are none.</returns>
    /// <exception cref="InvalidDataException">A row has another number of fields, or a field is no number and has to be one.</exception>
    public DataTable? Read(int most)
    {
        if (!begun) Begin();
        lines = new();
        int count = 0, skipped = 0;
        NumberFormat numbers = format.Numbers;
        for (; count < most && rows.Read(); count++)
        {
            commentsAhead ??= rows.Comments;
            skippedAhead ??= Skipped;
            skipped = Skipped;
            if (rows.Count != guess.Width) CheckWidth();
            lines.Add(rows.Line);
            for (int column = 0; column < builders.Length; column++)
            {
                if (!builders[column].Add(rows[column], numbers, expected)) throw NoNumber(column);
            }
            if ((count & 0xFFF) == 0xFFF && expected == 0) RequireMemory(count);
        }
        if (count == 0) return null;
        string[] names = guess.Names(Encoding);
        var columns = new List<TableColumn>();
        for (int column = 0; column < builders.Length; column++)
            if (kinds[column] != ColumnKind.Skip) columns.Add(builders[column].Take(names[column], column + 1, Encoding));
        int before = skippedAhead!.Value;
        skippedAhead = skipped;
        return new DataTable(source.Path, columns, count, guess.Width, format, lines) { LinesLeftOut = skipped - before };
    }

    void Begin()
    {
        begun = true;
        rows.SkipLines(guess.SkipRows);
        if (format.HasHeader) rows.Read();
        rows.KeepsEmptyRows = KeepsEmptyRows;
    }

    void CheckWidth()
    {
        int width = guess.Width;
        bool more = rows.Count > width, emptyEnd = more;
        for (int k = width; k < rows.Count; k++) emptyEnd &= rows[k].IsEmpty;
        if (emptyEnd || (more && MendsTabs && format.Separator == '\t' && rows.LeaveOutEmpty(width))) return;
        string advice = guess.FirstLine == rows.Line && rows.Count > 1 && format.Separator == ','
            ? "; a comma within a field, such as a decimal comma, needs quotes around the field or another separator between fields"
            : guess.FirstLine == rows.Line ? "; --skip-rows N leaves out lines before the table"
            : more && format.Separator == ',' ? "; a field with a comma in it stands between quotes" : "";
        string others = guess.First.Length == width && guess.FirstLine != rows.Line ? $"line {guess.FirstLine} has {width}"
            : $"the other rows have {width}";
        throw new InvalidDataException(
            $"{source.Path}:{rows.Line}:{Math.Min(rows.Count, width) + 1}: "
            + $"{rows.Count} {(rows.Count == 1 ? "field" : "fields")}; {others}{advice}");
    }

    InvalidDataException NoNumber(int column)
    {
        string name = guess.Names(Encoding)[column], where = name.Length > 0 ? $" in column {Formats.Quoted.Quote(name)}" : "";
        string text = Encoding.GetString(rows[column]);
        string advice = NumberAdvice.Of(TableColumn.OfTexts(name, [text]), 0, format);
        return new($"{source.Path}:{rows.Line}:{column + 1}: {Formats.Quoted.Quote(text)}{where} is not a number{advice}");
    }

    void RequireMemory(int count)
    {
        long held = (long)count * builders.Length * sizeof(double) * 3, available = Formats.InputFile.Memory;
        if (held > available)
            throw new InsufficientMemoryException(FormattableString.Invariant(
                $"{source.Path}:{rows.Line}: the rows so far take about {held:N0} bytes, {available:N0} are available"));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();
}
