using System.Globalization;
using CsvHelper;
using GpuMlp.Formats;

namespace GpuMlp.Data;

/// <summary>Reads a data set from a CSV file of numbers with one label column.</summary>
public static class CsvData
{
    static readonly CsvReaderOptions Options = new()
    {
        HasHeader = false,                                                      // FindLabel decides whether the first row is one
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = LongestLine,                                            // a pipe may go on without ever ending a line
    };

    // memory while reading: two bytes per character, the overhead of strings and lists, and the numbers
    const int LongestLine = 1 << 26, BytesACharacter = 2, BytesAField = 60, BytesARow = 80;

    /// <summary>Reads a file with or without a header, separated by commas, semicolons, tabs or bars; blank lines are skipped.</summary>
    /// <remarks>
    /// The first row is a header if <paramref name="labelColumn"/> is a name in it, or if a field of it, other than the label's, is neither
    /// empty nor a number. Labels are classes if they are text (numbered from 0 in ordinal order), all 0 or 1, or exactly the whole numbers
    /// 0 to K - 1; other numbers are the targets of a regression. Messages begin with file:line:column; line and column (the number of the
    /// field) count from 1.
    /// </remarks>
    /// <param name="path">The file, or a pipe.</param>
    /// <param name="labelColumn">The name of the label column, or its position counted from 1; null for the last column.</param>
    /// <param name="beyondFloat32">
    /// Whether features may exceed float32. <see cref="DataSet.Inputs"/> then holds infinity for them, and a <see cref="Standardizer"/> can
    /// bring them back into range.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The file is empty, ragged or malformed, a value is not a finite number, or the path is a folder or a device.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">The file, or what a pipe gives, takes more memory than there is.</exception>
    /// <exception cref="ArgumentException">There is no such label column, or there are two of that name.</exception>
    public static DataSet Read(string path, string? labelColumn = null, bool beyondFloat32 = false)
    {
        List<Record> records = ReadRecords(path);
        if (records.Count == 0) throw Bad(path, 1, 0, "the file is empty; it needs rows of at least one feature and a label");
        Record first = records[0];
        if (IsWide(first)) throw Bad(path, first.Line, 0, "the text is UTF-16 without a byte order mark; save it as UTF-8");
        if (first.Fields.Length < 2) throw Bad(path, first.Line, 0, "one column only; a row needs at least one feature and a label");

        (int label, bool hasHeader) = FindLabel(path, first.Fields, labelColumn);
        if (hasHeader) records.RemoveAt(0);
        if (records.Count == 0) throw Bad(path, first.Line, 0, "no row follows the header; data needs at least one");
        foreach (Record record in records)
            if (record.Fields.Length != first.Fields.Length)
                throw Bad(path, record.Line, Math.Min(record.Fields.Length, first.Fields.Length),
                    $"{record.Fields.Length} fields; line {first.Line} has {first.Fields.Length}");

        var table = new Table(path, records, hasHeader ? first.Fields : null);
        (float[] labels, string[] classNames, int differentLabels) = ReadLabels(table, label);
        (double[,] values, float[,] inputs) = ReadFeatures(table, label, beyondFloat32);
        return new DataSet(Path.GetFileNameWithoutExtension(path), values, inputs, labels, classNames)
        {
            FeatureNames = hasHeader ? [.. first.Fields.Where((_, column) => column != label)] : [],
            DifferentLabels = (differentLabels, labels.Distinct().Count()),
        };
    }

    static List<Record> ReadRecords(string path)
    {
        using var input = new BufferedStream(InputFile.Open(path, BytesACharacter));
        using CsvReader reader = CsvReader.Create(input, Options);
        var records = new List<Record>();
        try
        {
            long held = 0, available = InputFile.Memory;
            while (reader.Read())
            {
                var record = new Record(reader.LineNumber, reader.Current.ToArray());
                records.Add(record);
                held += BytesARow + record.Fields.Sum(field => BytesAField + (long)BytesACharacter * field.Length);
                if (held > available)
                    throw new InsufficientMemoryException(string.Create(CultureInfo.InvariantCulture,
                        $"{path}:{record.Line}: the rows so far take about {held:N0} bytes, {available:N0} are available"));
            }
        }
        catch (CsvFormatException exception)
        {
            string what = exception.Message.Replace($"MaxRecordSize ({LongestLine} bytes)", $"the {LongestLine} bytes that are allowed");
            throw new InvalidDataException($"{path}:{exception.LineNumber}:1: {what}", exception);
        }
        return records;
    }

    // UTF-16 read as UTF-8: every second byte is 0, also beside the separators
    static bool IsWide(Record record) => record.Fields.All(field => field.Contains('\0'))
        && record.Fields.Sum(field => field.Count(c => c == '\0')) * 2 >= record.Fields.Sum(field => field.Length);

    static (int Label, bool HasHeader) FindLabel(string path, string[] first, string? labelColumn)
    {
        if (labelColumn is null) return (first.Length - 1, IsHeader(first, first.Length - 1));
        int named = Array.IndexOf(first, labelColumn);
        if (int.TryParse(labelColumn, NumberStyles.None, CultureInfo.InvariantCulture, out int position))
        {
            // A whole number can be a name only if the first row is a header with that name.
            bool inside = position >= 1 && position <= first.Length, hasHeader = IsHeader(first, inside ? position - 1 : first.Length - 1);
            if (!hasHeader || named < 0) return inside ? (position - 1, hasHeader) : throw NoColumn(hasHeader);
        }
        if (named < 0) throw NoColumn(IsHeader(first, first.Length - 1));
        if (Array.LastIndexOf(first, labelColumn) != named)
            throw new ArgumentException(
                $"{path}: two columns are named {Quoted.Quote(labelColumn)}; give the position, 1 to {first.Length}", nameof(labelColumn));
        return (named, true);

        ArgumentException NoColumn(bool hasHeader)
        {
            string there = hasHeader ? Quoted.List(first) : "no header";
            return new(
                $"{path} has no column {Quoted.Quote(labelColumn)}; it has {there} (positions 1 to {first.Length})", nameof(labelColumn));
        }
    }

    static bool IsHeader(string[] fields, int label) =>
        fields.Where((field, column) => column != label && field.Length > 0 && !IsNumber(field, out _)).Any();

    static (double[,] Values, float[,] Inputs) ReadFeatures(Table table, int label, bool beyondFloat32)
    {
        int features = table.Records[0].Fields.Length - 1;
        var values = new double[table.Records.Count, features];
        var inputs = new float[table.Records.Count, features];
        for (int row = 0; row < table.Records.Count; row++)
            for (int feature = 0; feature < features; feature++)
                (values[row, feature], inputs[row, feature]) = table.Number(row, feature < label ? feature : feature + 1, beyondFloat32);
        return (values, inputs);
    }

    static (float[] Labels, string[] ClassNames, int Different) ReadLabels(Table table, int label)
    {
        string[] texts = [.. table.Records.Select((_, row) => table.Text(row, label))];
        if (texts.All(text => IsNumber(text, out _)))
        {
            (double Value, float Rounded)[] numbersRead = [.. texts.Select((_, row) => table.Number(row, label))];
            float[] labels = [.. numbersRead.Select(number => number.Rounded)];
            string[] classes = [.. Enumerable.Range(0, CountClasses(labels)).Select(k => k.ToString(CultureInfo.InvariantCulture))];
            return (labels, classes, numbersRead.Select(number => number.Value).Distinct().Count());
        }
        string[] names = [.. texts.Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, int> numbers = names.Select((name, k) => (name, k)).ToDictionary(pair => pair.name, pair => pair.k);
        return ([.. texts.Select(text => (float)numbers[text])], names, names.Length);
    }

    /// <summary>The number of classes: 2 for labels 0 and 1 (or only one of them), K for all of 0 to K - 1; else 0.</summary>
    static int CountClasses(float[] labels)
    {
        float[] values = [.. labels.Distinct().Order()];
        if (values.All(value => value is 0 or 1)) return 2;
        return values.Select((value, k) => value == k).All(same => same) ? values.Length : 0;
    }

    static bool IsNumber(string text, out double value)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return true;
        value = double.NaN;                                                     // C and Python write infinity like this; refused later
        return text.TrimStart('+', '-').Equals("inf", StringComparison.OrdinalIgnoreCase);
    }

    static InvalidDataException Bad(string path, long line, int column, string what) => new($"{path}:{line}:{column + 1}: {what}");

    sealed record Record(long Line, string[] Fields);

    sealed record Table(string Path, List<Record> Records, string[]? Header)
    {
        public string Text(int row, int column)
        {
            string text = Records[row].Fields[column];
            return text.Length > 0 ? text : throw Bad(Path, Records[row].Line, column, $"the value is missing{Where(column)}");
        }

        public (double Value, float Rounded) Number(int row, int column, bool beyondFloat32 = false)
        {
            string text = Text(row, column);
            if (!IsNumber(text, out double value))
                throw Bad(Path, Records[row].Line, column, $"{Quoted.Quote(text)}{Where(column)} is not a number");
            float rounded = double.IsFinite(value) ? float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : float.NaN;
            if (float.IsFinite(rounded) || (beyondFloat32 && double.IsFinite(value))) return (value, rounded);
            string advice = double.IsFinite(value) ? "; standardized, a feature may be" : "";
            throw Bad(Path, Records[row].Line, column, $"{Quoted.Quote(text)}{Where(column)} is not a finite float32 number{advice}");
        }

        string Where(int column) => Header is null ? "" : $" in column {Quoted.Quote(Header[column])}";
    }
}
