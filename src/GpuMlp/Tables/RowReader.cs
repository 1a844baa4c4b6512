using System.Text;
using System.Text.Unicode;

namespace GpuMlp.Tables;

/// <summary>Where a field lies in the reader's buffer.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its number of bytes.</param>
/// <param name="Quoted">Whether it stood between quotes.</param>
/// <param name="Escaped">Whether it has doubled quotes in it.</param>
readonly record struct Field(int Start, int Length, bool Quoted, bool Escaped);

/// <summary>Splits text into rows of fields, in UTF-8 or any other encoding that keeps ASCII. Blank lines and comments are
/// skipped.</summary>
/// <remarks>A field between quotes may hold separators, line ends, and quotes, which are doubled. Blanks around a field are no part of
/// it.</remarks>
sealed class RowReader(Stream stream, string path, char separator, bool runs, bool lenient = false, int capacity = 1 << 16)
{
    /// <summary>The most bytes of a row.</summary>
    public const int LongestRow = 1 << 26;

    readonly byte separator = (byte)separator;
    readonly bool blanks = separator == ' ';
    byte[] buffer = new byte[capacity], scratch = [];
    Field[] fields = new Field[16];
    int at, end;
    bool ended, afterReturn;
    long next = 1;                                                        // the line that begins at `at`
    int lines;                                                            // line ends in the row

    /// <summary>The number of fields of the row.</summary>
    public int Count { get; private set; }

    /// <summary>The line that the row begins in, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The bytes of the rows so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>The line of the first row that is not UTF-8; 0 if all are.</summary>
    public long NotUtf8 { get; private set; }

    /// <summary>The number of rows whose fields were all empty, which are skipped.</summary>
    public int EmptyRows { get; private set; }

    /// <summary>Whether a row whose fields are all empty is a row like any other.</summary>
    public bool KeepsEmptyRows { get; set; }

    /// <summary>The number of lines so far that begin with #, which are skipped.</summary>
    public int Comments { get; private set; }

    /// <summary>The number of lines so far with nothing in them, which are skipped.</summary>
    public int BlankLines { get; private set; }

    /// <summary>Leaves out the empty fields of the row, if as many are left as there have to be.</summary>
    public bool LeaveOutEmpty(int width)
    {
        Field[] kept = [.. fields.Take(Count).Where(field => field.Length > 0 || field.Quoted)];
        if (kept.Length != width) return false;
        kept.CopyTo(fields, 0);
        Count = width;
        return true;
    }

    /// <summary>A field of the row.</summary>
    public ReadOnlySpan<byte> this[int field]
    {
        get
        {
            Field f = fields[field];
            ReadOnlySpan<byte> text = buffer.AsSpan(f.Start, f.Length);
            return f.Escaped ? Unescaped(text) : text;
        }
    }

    ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> text)
    {
        if (scratch.Length < text.Length) scratch = new byte[text.Length];
        int count = 0;
        for (int k = 0; k < text.Length; k++)
        {
            scratch[count++] = text[k];
            if (text[k] == '"') k++;
        }
        return scratch.AsSpan(0, count);
    }

    /// <summary>Skips lines as they are.</summary>
    public void SkipLines(int lines)
    {
        for (int k = 0; k < lines && SkipLine(); k++) { }
    }

    /// <summary>Goes on to the next row; false at the end.</summary>
    /// <exception cref="InvalidDataException">A quote is never closed, something follows one, or a row is too long.</exception>
    public bool Read()
    {
        while (Begin())
        {
            if (buffer[at] == '#' && IsComment())
            {
                Comments++;
                SkipLine();
                continue;
            }
            Count = 0;
            int rest;
            while (!Split(out rest))
                if (!Fill()) break;
            if (Count < 0) return false;
            Bytes += rest - at;
            Line = next - lines;
            ReadOnlySpan<byte> row = buffer.AsSpan(at, rest - at);
            if (NotUtf8 == 0 && !Ascii.IsValid(row) && !Utf8.IsValid(row)) NotUtf8 = Line;
            at = rest;
            bool blank = Count == 1 && fields[0] is { Length: 0, Quoted: false };
            if (!blank && (KeepsEmptyRows || !IsEmpty())) return true;
            if (blank) BlankLines++;
            else EmptyRows++;
        }
        return false;
    }

    // a spreadsheet's errors begin as comments do
    bool IsComment()
    {
        while (end - at < NumberFormat.LongestError && Fill()) { }
        return !NumberFormat.BeginsWithError(buffer.AsSpan(at, end - at), out _);
    }

    bool IsEmpty()
    {
        for (int k = 0; k < Count; k++)
            if (fields[k] is not { Length: 0, Quoted: false }) return false;
        return true;
    }

    // puts the row's first byte that is no blank at the front; false if nothing is left
    bool Begin()
    {
        while (true)
        {
            if (at == end && !Fill()) return false;
            byte c = buffer[at];
            if (afterReturn && c == '\n') at++;
            else if (c == ' ' || (c == '\t' && (blanks || (runs && separator == '\t')))) at++;
            else
            {
                afterReturn = false;
                return true;
            }
            afterReturn = false;
        }
    }

    bool SkipLine()
    {
        while (true)
        {
            if (at == end && !Fill()) return false;
            int stop = buffer.AsSpan(at, end - at).IndexOfAny((byte)'\n', (byte)'\r');
            if (stop < 0)
            {
                at = end;
                continue;
            }
            if (afterReturn && stop == 0 && buffer[at] == '\n')
            {
                (afterReturn, at) = (false, at + 1);
                continue;
            }
            afterReturn = buffer[at + stop] == '\r';
            at += stop + 1;
            next++;
            return true;
        }
    }

    // false if the buffer ends before the row does
    bool Split(out int rest)
    {
        (Count, lines) = (0, 0);
        int k = at;
        rest = end;
        while (true)
        {
            while (k < end && IsPadding(buffer[k])) k++;
            if (k == end && !ended) return false;
            bool quoted = k < end && buffer[k] == '"', escaped = false;
            int start = quoted ? ++k : k, stop;
            if (quoted)
            {
                while (true)
                {
                    int quote = buffer.AsSpan(k, end - k).IndexOf((byte)'"');
                    if (quote < 0 || (k + quote + 1 == end && !ended)) return ended && Unclosed(start);
                    k += quote + 1;
                    if (k == end || buffer[k] != '"') break;
                    escaped = true;
                    k++;
                }
                stop = k - 1;
                lines += Lines(buffer.AsSpan(start, stop - start));
                while (!blanks && k < end && IsPadding(buffer[k])) k++;
                if (k == end && !ended) return false;
                if (k < end && !IsSeparator(buffer[k]) && buffer[k] is not ((byte)'\n' or (byte)'\r')) throw AfterQuote(k);
            }
            else
            {
                while (k < end && !IsSeparator(buffer[k]) && buffer[k] is not ((byte)'\n' or (byte)'\r')) k++;
                if (k == end && !ended) return false;
                stop = k;
                while (stop > start && buffer[stop - 1] is (byte)' ' or (byte)'\t') stop--;
            }
            Add(new Field(start, stop - start, quoted, escaped));
            while (runs && k < end && IsSeparator(buffer[k]) && k + 1 < end && IsSeparator(buffer[k + 1])) k++;
            if (runs && k + 1 == end && !ended) return false;
            if (runs && k < end && IsSeparator(buffer[k]) && (k + 1 == end || buffer[k + 1] is (byte)'\n' or (byte)'\r')) k++;
            if (k < end && IsSeparator(buffer[k]))
            {
                k++;
                continue;
            }
            rest = Math.Min(k + 1, end);
            afterReturn = k < end && buffer[k] == '\r';
            if (k < end) lines++;
            next += lines;
            return true;
        }
    }

    bool IsSeparator(byte c) => c == separator || (blanks && c == '\t');

    bool IsPadding(byte c) => c is (byte)' ' or (byte)'\t' && (c != separator || runs && blanks);

    void Add(Field field)
    {
        if (Count == fields.Length) Array.Resize(ref fields, 2 * Count);
        fields[Count++] = field;
    }

    static int Lines(ReadOnlySpan<byte> text)
    {
        int count = 0;
        for (int k = 0; k < text.Length; k++)
            if (text[k] == '\n' || (text[k] == '\r' && (k + 1 == text.Length || text[k + 1] != '\n'))) count++;
        return count;
    }

    bool Unclosed(int start)
    {
        if (!lenient) throw Bad(next + lines, Count, "the quote that opens here is never closed");
        Count = -1;
        return true;
    }

    InvalidDataException AfterQuote(int k) =>
        Bad(next + lines, Count, $"'{(char)buffer[k]}' follows a closing quote; a quote within a quoted field is doubled");

    /// <summary>A row that does not end.</summary>
    public static InvalidDataException TooLong(string path, long line, int column) => new(FormattableString.Invariant(
        $"{path}:{line}:{column + 1}: the row is longer than the {LongestRow:N0} bytes that are allowed"));

    InvalidDataException Bad(long line, int column, string what) => new($"{path}:{line}:{column + 1}: {what}");

    // moves what is left to the front and reads more; false at the end of the stream
    bool Fill()
    {
        if (ended) return false;
        if (at > 0) buffer.AsSpan(at, end - at).CopyTo(buffer);
        (at, end) = (0, end - at);
        if (end == buffer.Length)
        {
            if (end >= LongestRow) throw TooLong(path, next, 0);
            Array.Resize(ref buffer, 2 * end);
        }
        int got = stream.Read(buffer.AsSpan(end));
        end += got;
        ended = got == 0;
        return !ended || end > 0;
    }
}
