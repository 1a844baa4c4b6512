using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace GpuMlp.Tables;

/// <summary>Guesses how the first rows of a text hold a table.</summary>
/// <param name="Format">The format.</param>
/// <param name="Width">The number of fields of a row.</param>
/// <param name="SkipRows">Lines to skip before the first row.</param>
/// <param name="First">The first row.</param>
/// <param name="FirstLine">Its line.</param>
/// <param name="Rows">The number of rows that were looked at.</param>
/// <param name="Bytes">Their bytes.</param>
sealed partial record FormatGuess(TableFormat Format, int Width, int SkipRows, string[] First, long FirstLine, int Rows, long Bytes)
{
    const int MostRows = 200, FewRows = 5;

    static readonly (char Separator, bool Runs)[] Candidates =
        [(',', false), (';', false), ('\t', false), ('|', false), ('\t', true), (' ', true)];

    /// <summary>Whether the header leaves out a name for the first column, as R writes row names.</summary>
    public bool HasUnnamedFirst => Format.HasHeader && First.Length == Width - 1;

    /// <summary>How many of the last fields are empty in all rows that were looked at.</summary>
    public int EmptyEnd { get; private init; }

    /// <summary>The encoding that the first row is in.</summary>
    public Encoding HeaderEncoding => First.All(name => Utf8.IsValid(Encoding.Latin1.GetBytes(name))) ? Encoding.UTF8
        : CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>The names of the columns; empty where they have none.</summary>
    public string[] Names(Encoding encoding)
    {
        var names = new string[Width];
        Array.Fill(names, "");
        if (!Format.HasHeader) return names;
        int shift = HasUnnamedFirst ? 1 : 0;
        for (int k = 0; k + shift < Width && k < First.Length; k++) names[k + shift] = encoding
            .GetString(Encoding.Latin1.GetBytes(First[k]));
        return names;
    }

    /// <summary>Looks at a text's first rows.</summary>
    /// <exception cref="InvalidDataException">There is no row, or no separator between two columns.</exception>
    public static FormatGuess Of(TableSource source, TableReadOptions options)
    {
        (char? named, int ahead) = SeparatorLine(source.Head);
        int skip = options.SkipRows + ahead;
        char? asked = options.Separator ?? named;
        Sample? best = null;
        InvalidDataException? faulty = null;
        foreach ((char separator, bool runs) in asked is char one ? ((char, bool)[])[(one, one == ' ')] : Candidates)
        {
            Sample sample = Sample.Of(source, separator, runs, skip, options);
            if (best is null || sample.Score > best.Score) best = sample;
            faulty ??= sample.Fault;
        }
        if (best!.Score <= Sample.SingleColumn && faulty is not null) throw faulty;
        if (best.Rows.Count == 0)
        {
            string skipped = options.SkipRows > 0 ? $" after {options.SkipRows} skipped lines" : "";
            if (best.Comments > 0)
                skipped += $" but for {best.Comments} lines that begin with #, as comments do; a field with # stands between quotes";
            throw new InvalidDataException(
                $"{source.Path}:1:1: the file is empty{skipped}; a table has a row or more");
        }
        string[] first = best.Rows[0];
        bool fits = first.Length == best.Width - 1 || (first.Length >= best.Width && first.Skip(best.Width).All(name => name.Length == 0));
        bool header = options.Header ?? (fits && IsHeader(best, options.KnownNames));
        if (header && !fits)
            throw new InvalidDataException(
                $"{source.Path}:{best.FirstLine}:{Math.Min(first.Length, best.Width) + 1}: {first.Length} names; "
                + $"the rows have {best.Width} fields; --skip-rows N leaves out lines before the table");
        int width = best.WidthWith(header);
        return new(best.Format with { HasHeader = header }, width, skip, first, best.FirstLine, best.Rows.Count, best.Bytes)
        {
            EmptyEnd = best.EmptyEnd,
        };
    }

    // Excel's first line
    static (char? Separator, int Lines) SeparatorLine(ReadOnlySpan<byte> head)
    {
        Match match = ExcelLine().Match(Encoding.Latin1.GetString(head[..Math.Min(head.Length, 16)]));
        return match.Success ? (match.Groups[1].Value[0], 1) : (null, 0);
    }

    [GeneratedRegex("\\A\"?sep=([^\\s\"\\w]|\\t| )\"?\\r?\\n", RegexOptions.IgnoreCase)]
    private static partial Regex ExcelLine();

    // a name stands over numbers, or over texts that come again while it does not
    static bool IsHeader(Sample sample, IReadOnlyList<string> known)
    {
        string[] first = sample.Rows[0];
        if (IsCount(first) && sample.Rows.Count > FewRows) return true;
        if (known.Count > 0)
        {
            HashSet<string> names = [.. first.Select(name => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(name))), .. first];
            if (known.All(names.Contains) || known.Any(name => names.Contains(name) && sample.IsText(name))) return true;
            if (first.Any(field => !sample.IsText(field) && field.Length > 0)) return false;
        }
        IReadOnlyList<string[]> others = [.. sample.Rows.Skip(1)];
        if (others.Count == 0) return first.SkipLast(1).Any(field => sample.IsText(field));
        int shift = first.Length == sample.Width - 1 ? 1 : 0, strong = 0, weak = 0, against = 0;
        for (int column = 0; column < first.Length; column++)
        {
            if (!sample.IsText(first[column])) continue;
            string[] cells = [.. others.Where(row => column + shift < row.Length).Select(row => row[column + shift])
                .Where(cell => !Sample.IsMissing(cell))];
            int numbers = cells.Count(cell => !sample.IsText(cell));
            if (cells.Length == 0) continue;
            if (numbers == cells.Length) strong++;
            else if (cells.Contains(first[column])) against++;
            else if (numbers > 0 || cells.Distinct().Count() * 2 <= cells.Length) weak++;
        }
        return strong > 0 || weak > against
            || (weak + against == 0 && first.All(sample.IsText) && first.Distinct().Count() == first.Length);
    }

    // the names that pandas gives to columns without any: 0, 1, 2, … after an empty one over row numbers, or none
    static bool IsCount(string[] first)
    {
        string[] names = first.Length > 0 && first[0].Length == 0 ? first[1..] : first;
        return first.Length > 2 && names.Select((name, k) => name == FormattableString.Invariant($"{k}")).All(same => same);
    }

    /// <summary>The first rows, split in one way.</summary>
    sealed partial record Sample(TableFormat Format, List<string[]> Rows, long FirstLine, long Bytes)
    {
        /// <summary>The number of fields that most rows have; of those that are as frequent, the first.</summary>
        public int Width { get; } = Rows.Count == 0 ? 0 : Rows.Skip(Rows.Count > 2 ? 1 : 0).GroupBy(row => row.Length)
            .MaxBy(group => (group.Count(), group.Key == Rows[0].Length))!.Key;

        public const double SingleColumn = 0.01;

        public double Score { get; private init; }

        /// <summary>The number of lines that begin with #.</summary>
        public int Comments { get; private init; }

        /// <summary>What is wrong with the row after these; null for nothing. Reading the whole file tells it again.</summary>
        public InvalidDataException? Fault { get; private init; }

        public static Sample Of(TableSource source, char separator, bool runs, int skip, TableReadOptions options)
        {
            byte[] head = source.Head;
            int length = source.IsShort ? head.Length : 1 + Array.LastIndexOf(head, (byte)'\n');
            if (length == 0) length = head.Length;
            var reader = new RowReader(
                new MemoryStream(head, 0, length), source.Path, separator, runs, lenient: !source.IsShort, capacity: length + 1);
            InvalidDataException? fault = null;
            var rows = new List<string[]>();
            long first = 1;
            try
            {
                reader.SkipLines(skip);
                while (rows.Count < MostRows && reader.Read())
                {
                    if (rows.Count == 0) first = reader.Line;
                    var row = new string[reader.Count];
                    for (int k = 0; k < row.Length; k++) row[k] = Encoding.Latin1.GetString(reader[k]);
                    rows.Add(row);
                }
            }
            catch (InvalidDataException e) { fault = e; }
            char point = options.Decimal ?? (separator != ',' && rows.Any(row => row.Any(cell => Comma().IsMatch(cell)))
                && !rows.Any(row => row.Any(cell => Point().IsMatch(cell))) ? ',' : '.');
            var format = new TableFormat(separator, runs, point, options.Thousands, false);
            var sample = new Sample(format, rows, first, reader.Bytes) { Fault = fault, Comments = reader.Comments };
            return sample with { Score = sample.Rate() };
        }

        // rows of one width, and of two columns or more; of numbers rather than of texts
        double Rate()
        {
            if (Width < 2) return Rows.Count > 0 ? SingleColumn : 0;
            int fitting = Rows.Count(row => row.Length == Width || (row.Length > Width && row.Skip(Width).All(cell => cell.Length == 0)));
            string[] cells = [.. Rows.Skip(1).Where(row => row.Length == Width).SelectMany(row => row)];
            if (cells.Length == 0) cells = Rows[0];
            double numbers = (double)cells.Count(cell => !IsText(cell)) / cells.Length;
            return (double)fitting / Rows.Count * (0.5 + numbers) * (Format.Runs ? 0.98 : 1);
        }

        /// <summary>How many of the last fields are empty in all rows but the first, which may be a header.</summary>
        public int EmptyEnd => Rows.Count < 2 ? 0 : Enumerable.Range(0, Width).Reverse()
            .TakeWhile(k => Rows.Skip(1).All(row => k >= row.Length || row[k].Length == 0)).Count();

        /// <summary>Without the field after a separator at the end of every row, where the header has none.</summary>
        public int WidthWith(bool header) => header && Rows.Count > 1 && Rows[0].Length == Width - 1
            && Rows.Skip(1).All(row => row.Length < Width || row.Skip(Width - 1).All(cell => cell.Length == 0)) ? Width - 1 : Width;

        public bool IsText(string cell)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(cell);
            return !NumberFormat.IsMissing(bytes) && !Format.Numbers.TryParse(bytes, out _);
        }

        public static bool IsMissing(string cell) => NumberFormat.IsMissing(Encoding.Latin1.GetBytes(cell));

        [GeneratedRegex(@"\A[+-]?[0-9]+,[0-9]+([eE][+-]?[0-9]+)?\z")]
        private static partial Regex Comma();

        [GeneratedRegex(@"\A[+-]?[0-9]*\.[0-9]+([eE][+-]?[0-9]+)?\z")]
        private static partial Regex Point();
    }
}
