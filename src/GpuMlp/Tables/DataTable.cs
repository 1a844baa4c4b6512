namespace GpuMlp.Tables;

/// <summary>A table as a file holds it: named columns of numbers in float64 or of texts. Nothing is encoded, filled or scaled
/// yet.</summary>
public sealed class DataTable
{
    readonly LineNumbers? lines;

    /// <summary>Makes a table of columns.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="columns">One column or more, of equally many rows.</param>
    /// <exception cref="ArgumentException">There is no column or no row, or the columns have different numbers of rows.</exception>
    public DataTable(string name, IReadOnlyList<TableColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Count == 0 || columns.Any(column => column is null || column.Count == 0))
            throw new ArgumentException("a table needs a column and a row", nameof(columns));
        if (columns.Any(column => column.Count != columns[0].Count))
            throw new ArgumentException($"columns of {string.Join(", ", columns.Select(c => c.Count))} rows; all need the same",
                nameof(columns));
        (Path, Name, Count, Width) = (name, name, columns[0].Count, columns.Count);
        Columns = [.. columns.Select((column, k) => column.At(k + 1))];
    }

    internal DataTable(string path, IReadOnlyList<TableColumn> columns, int count, int width, TableFormat? format, LineNumbers? lines)
    {
        (Path, Columns, Count, Width, Format, this.lines) = (path, columns, count, width, format, lines);
        Name = System.IO.Path.GetFileNameWithoutExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path);
    }

    internal DataTable(DataTable table, IReadOnlyList<TableColumn> columns, IReadOnlyList<string> notes)
        : this(table.Path, columns, table.Count, columns[^1].Position, table.Format, table.lines) =>
        (Notes, LinesLeftOut) = (notes, table.LinesLeftOut);

    /// <summary>The table's name: its file's, without the ending.</summary>
    public string Name { get; }

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    /// <summary>The columns, in the order of the file.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>The number of columns in the file, with those that were not read.</summary>
    public int Width { get; }

    /// <summary>How the text holds the table; null if it came from arrays.</summary>
    public TableFormat? Format { get; }

    /// <summary>What its reader should know: an encoding, rows and columns that were left out.</summary>
    public IReadOnlyList<string> Notes { get; } = [];

    /// <summary>How many of the last columns are labels where nothing else is said: several where an array of labels has
    /// several.</summary>
    public int LabelColumns { get; init; } = 1;

    /// <summary>How many lines before its last row, and after the part before it, are no rows: blank lines, comments, rows without any
    /// value.</summary>
    public int LinesLeftOut { get; init; }

    /// <summary>Whether any column has a name.</summary>
    public bool HasNames => Columns.Any(column => column.Name.Length > 0);

    /// <summary>Where a value stands, as messages begin: file:line:column, or name:row:column if there is no file.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="column"/> is null.</exception>
    public string Where(int row, TableColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return $"{Path}:{lines?[row] ?? row + 1}:{column.Position}";
    }

    /// <summary>Reads a file: text in which something separates the columns (also compressed by gzip), .npy or .npz.</summary>
    /// <remarks>
    /// Separator, decimals and header are guessed from the first rows unless the options tell them. Lines that begin with # and rows
    /// without any value are skipped; what is not UTF-8 or UTF-16 is read as windows-1252. An X.npy needs a y.npy beside it, an .npz two
    /// arrays X and y. Messages begin with file:line:column, each from 1.
    /// </remarks>
    /// <param name="path">The file, or a pipe.</param>
    /// <param name="options">What is not to be guessed.</param>
    /// <exception cref="InvalidDataException">The file is empty, of another format, ragged or damaged.</exception>
    /// <exception cref="InsufficientMemoryException">It takes more memory than there is.</exception>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static DataTable Read(string path, TableReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new TableReadOptions();
        options.Validate();
        if (NumpyTables.Read(path) is DataTable arrays) return arrays;
        return TextTables.Read(TableSource.Of(path), options);
    }

    /// <summary>Reads a text from a stream, as <see cref="Read(string, TableReadOptions?)"/> reads a file.</summary>
    /// <param name="stream">The text, from its current position to its end.</param>
    /// <param name="name">The stream's name in messages.</param>
    /// <param name="options">What is not to be guessed.</param>
    /// <exception cref="InvalidDataException">The text is empty, of another format, ragged or damaged.</exception>
    /// <exception cref="InsufficientMemoryException">It takes more memory than there is.</exception>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public static DataTable Read(Stream stream, string name, TableReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        options ??= new TableReadOptions();
        options.Validate();
        return TextTables.Read(TableSource.Of(stream, name), options);
    }
}
