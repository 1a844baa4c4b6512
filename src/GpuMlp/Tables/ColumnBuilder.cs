using System.Text;

namespace GpuMlp.Tables;

/// <summary>Collects the fields of a column.</summary>
sealed class ColumnBuilder(ColumnKind kind)
{
    const int FirstCapacity = 64;

    // texts are kept as their bytes, one a character, since the whole file tells in which encoding they are
    readonly Dictionary<string, int> known = [];
    readonly List<string> texts = [];
    Dictionary<int, float>? rounded;
    Dictionary<int, string>? written;
    double[]? numbers;
    int[]? codes;
    int count, present;

    /// <summary>Whether texts follow numbers, so that the column has to be read again as text.</summary>
    public bool IsMixed { get; private set; }

    /// <summary>Adds a field; false if it is no number, and has to be one.</summary>
    /// <param name="field">The field.</param>
    /// <param name="format">The form of numbers.</param>
    /// <param name="rows">About how many rows there will be; 0 if that is unknown.</param>
    public bool Add(ReadOnlySpan<byte> field, NumberFormat format, int rows)
    {
        if (kind == ColumnKind.Skip) return true;
        if (kind == ColumnKind.Text || codes is not null)
        {
            Grow(ref codes, rows);
            codes![count++] = NumberFormat.IsMissing(field) ? -1 : Code(field);
            return true;
        }
        Grow(ref numbers, rows);
        if (format.TryParse(field, out double value))
        {
            present++;
            float single = format.ToFloat32(field, value);
            if (single != (float)value) (rounded ??= [])[count] = single;
            if (format.NotHeld(field, value) is string text) (written ??= [])[count] = text;
            numbers![count++] = value;
            return true;
        }
        if (NumberFormat.IsMissing(field))
        {
            numbers![count++] = double.NaN;
            return true;
        }
        if (kind == ColumnKind.Number) return false;
        if (present > 0)
        {
            IsMixed = true;
            numbers![count++] = double.NaN;
            return true;
        }
        numbers = null;
        Grow(ref codes, Math.Max(rows, count + 1));
        codes.AsSpan(0, count).Fill(-1);
        codes![count++] = Code(field);
        return true;
    }

    /// <summary>Ends the column, and begins it again.</summary>
    public TableColumn Take(string name, int position, Encoding encoding)
    {
        string[] values = [.. texts.Select(text => encoding.GetString(Encoding.Latin1.GetBytes(text)))];
        TableColumn column = codes is not null || kind == ColumnKind.Text
            ? new TableColumn(name, position, count, codes ?? [], values)
            : new TableColumn(name, position, count, numbers ?? [], rounded, written);
        (numbers, codes, rounded, written, count, present) = (null, null, null, null, 0, 0);
        known.Clear();
        texts.Clear();
        return column;
    }

    int Code(ReadOnlySpan<byte> field)
    {
        Span<char> wide = field.Length <= 256 ? stackalloc char[field.Length] : new char[field.Length];
        Encoding.Latin1.GetChars(field, wide);
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(wide, out int code)) return code;
        texts.Add(new string(wide));
        known.Add(texts[^1], texts.Count - 1);
        return texts.Count - 1;
    }

    void Grow<T>(ref T[]? array, int rows)
    {
        if (array is null) array = new T[rows > 0 ? rows : FirstCapacity];
        else if (count == array.Length) Array.Resize(ref array, Math.Max(rows > 0 ? count + count / 4 + FirstCapacity : 2 * count, rows));
    }
}
