using System.Text;
using System.Text.RegularExpressions;

namespace GpuMlp.Tables;

/// <summary>Formats of tables that are not read: a file of one is named, with what to do about it.</summary>
static partial class ForeignFormats
{
    const string AsCsv = "in Python, pandas writes it as CSV:";

    /// <summary>Looks at a file's first bytes.</summary>
    /// <exception cref="InvalidDataException">The file is of another format than text.</exception>
    public static void Refuse(string path, ReadOnlySpan<byte> head)
    {
        if (Name(head) is string other) throw new InvalidDataException($"{path}: {other}");
        int zero = head.IndexOf((byte)0);
        if (zero < 0) return;
        int line = 1 + head[..zero].Count((byte)'\n'), column = zero - head[..zero].LastIndexOf((byte)'\n');
        throw new InvalidDataException(
            $"{path}:{line}:1: byte {column} of the line is 0, which no text holds; a table is text, .npy or .npz");
    }

    static string? Name(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("PAR1"u8))
            return $"is a Parquet file, which is not read; {AsCsv} pandas.read_parquet(…).to_csv(…, index=False)";
        if (head is [0x89, 0x48, 0x44, 0x46, ..])
            return "is an HDF5 file, which is not read; write its arrays as .npz or as CSV";
        if (head.StartsWith("ARROW1"u8) || head.StartsWith("FEA1"u8))
            return $"is an Arrow or Feather file, which is not read; {AsCsv} pandas.read_feather(…).to_csv(…, index=False)";
        if (head.StartsWith("SQLite format 3"u8)) return "is an SQLite database, which is not read; write the table as CSV";
        if (head.StartsWith("PK\x03\x04"u8))
            return "is a zip archive or an Excel workbook, which is not read; save the sheet as CSV, or unpack the archive (.npz is read)";
        if (head is [0xD0, 0xCF, 0x11, 0xE0, ..]) return "is an Excel workbook (.xls), which is not read; save the sheet as CSV";
        if (head is [0x28, 0xB5, 0x2F, 0xFD, ..] or [0x42, 0x5A, 0x68, ..] or [0xFD, 0x37, 0x7A, ..])
            return "is compressed by zstd, bzip2 or xz, which is not read; gzip is";
        if (head is [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, ..])
            return "is an array of NumPy, which is read from a file whose name ends in .npy, neither compressed nor from a pipe";
        if (head is [0x89, 0x50, 0x4E, 0x47, ..] or [0xFF, 0xD8, 0xFF, ..] || head.StartsWith("GIF8"u8)) return "is a picture and no table";
        if (head.StartsWith("%PDF-"u8)) return "is a PDF and no table; save the table in it as CSV";
        if (head is [0x80, 0x02 or 0x03 or 0x04 or 0x05, ..])
            return $"is a pickle, which is not read; {AsCsv} pandas.read_pickle(…).to_csv(…, index=False)";
        if (head.StartsWith("MATLAB 5.0"u8))
            return "is a MATLAB file, which is not read; writematrix writes CSV, scipy.io.loadmat and numpy.savez an .npz";
        if (head.Length > 9 && head[8..].StartsWith("{\""u8) && head[2..8].IndexOfAnyExcept((byte)0) < 0)
            return "is a safetensors file, which holds a model and no table";
        string text = Encoding.Latin1.GetString(head[..Math.Min(head.Length, 4096)]);
        if (Arff().IsMatch(text))
            return "is an ARFF file, which is not read; leave out its header up to @data (--skip-rows N --no-header), and write ? as it is";
        if (LibSvm().IsMatch(text))
            return "is in LIBSVM's format (label index:value …), which is not read; "
                + "sklearn.datasets.load_svmlight_file reads it, and numpy.savez(file, X=x.toarray(), y=y) writes a file that is read here";
        if (Json().IsMatch(text)) return $"is JSON, which is not read; {AsCsv} "
            + $"pandas.read_json(…{(text.StartsWith('{') ? ", lines=True" : "")}).to_csv(…, index=False)";
        if (Markup().IsMatch(text)) return "is a page of HTML or XML and no table: perhaps a download that failed";
        return null;
    }

    [GeneratedRegex(@"\A(\s|%[^\n]*\n)*@relation\b", RegexOptions.IgnoreCase)]
    private static partial Regex Arff();

    [GeneratedRegex(@"\A\s*(#[^\n]*\n)*[+-]?[0-9.eE+-]+([ \t]+[0-9]+:[+-]?[0-9.][0-9.eE+-]*)+[ \t]*\r?(\n|\z)")]
    private static partial Regex LibSvm();

    [GeneratedRegex("\\A\\s*[\\[{]\\s*([\\[{]|\"[^\"]*\"\\s*:)")]
    private static partial Regex Json();

    [GeneratedRegex(@"\A\s*<(!doctype|html|\?xml)", RegexOptions.IgnoreCase)]
    private static partial Regex Markup();
}
