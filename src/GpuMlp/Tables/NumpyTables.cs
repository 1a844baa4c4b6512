using System.Text.RegularExpressions;
using GpuMlp.Formats;
using static System.FormattableString;

namespace GpuMlp.Tables;

/// <summary>Tables of NumPy's arrays: features X of n rows, and a label or several per row.</summary>
static partial class NumpyTables
{
    /// <summary>Reads X.npy with the y.npy beside it, or an .npz of both; null if the file is neither.</summary>
    /// <param name="path">The file.</param>
    /// <param name="needsLabels">Whether there have to be labels; rows to predict have none.</param>
    /// <exception cref="InvalidDataException">An array is missing, damaged or of another shape.</exception>
    public static DataTable? Read(string path, bool needsLabels = true)
    {
        string ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".npy" or ".npz") || FileStatus.Of(path)?.Kind is FileKind.Folder or FileKind.Pipe) return null;
        if (ending == ".npz") return Archive(path, needsLabels);
        string? labels = LabelsBeside(path);
        if (labels is null && !needsLabels) return Table(path, Npy.Read(path), path, null, "");
        if (labels is null)
            throw new InvalidDataException($"{path}: there are no labels beside it: X.npy needs a y.npy, train-x.npy a train-y.npy");
        return Table(path, Npy.Read(path), path, Npy.Read(labels), labels);
    }

    // the word X in the name becomes y
    static string? LabelsBeside(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "", name = Path.GetFileNameWithoutExtension(path), ending = Path.GetExtension(path);
        foreach (string y in (string[])["y", "Y"])
        {
            string other = Path.Combine(folder, Word().Replace(name, y) + ending);
            if (Word().IsMatch(name) && File.Exists(other)) return other;
        }
        return null;
    }

    static DataTable Archive(string path, bool needsLabels)
    {
        NpzFile archive = NpzFile.Read(path);
        NpyArray? labels = !needsLabels && archive.Find("y") is null && archive.Find("Y") is null ? null : Array(archive, path, "y", "Y");
        return Table(path, Array(archive, path, "X", "x"), $"{path}, array X", labels, $"{path}, array y");
    }

    static NpyArray Array(NpzFile archive, string path, string name, string other)
    {
        string[] names = [.. archive.Arrays.Select(row => row.Name)];
        return archive.Find(name) ?? archive.Find(other) ?? throw new InvalidDataException(
            $"{path}: has no array {name}; it has {(names.Length > 0 ? Quoted.List(names) : "none")}, and X and y are needed");
    }

    static DataTable Table(string path, NpyArray x, string xName, NpyArray? y, string yName)
    {
        if (x.Shape is not ([> 0] or [> 0, > 0])) throw Shape(xName, x, "(rows, features) is needed");
        int rows = x.Shape[0];
        if (y is not null && (y.Shape is not ([_] or [_, > 0]) || y.Shape[0] != rows))
            throw Shape(yName, y, $"({rows},) is needed, a label for each row of {xName}");
        List<TableColumn> columns = [.. Columns(x, 0), .. y is null ? [] : Columns(y, x.Shape.Count == 1 ? 1 : x.Shape[1])];
        int labels = y is { Shape: [_, int several] } ? several : 1;
        return new DataTable(path, columns, rows, columns.Count, null, null) { LabelColumns = labels };
    }

    static InvalidDataException Shape(string name, NpyArray array, string needed) =>
        new($"{name}: has shape {RawBytes.Text([.. array.Shape])}; {needed}");

    static IEnumerable<TableColumn> Columns(NpyArray array, int before)
    {
        int rows = array.Shape[0], columns = array.Shape.Count == 1 ? 1 : array.Shape[1];
        Func<int, double> at = array.ElementType switch
        {
            Type t when t == typeof(float) => Of(array.Values<float>(), v => v),
            Type t when t == typeof(double) => Of(array.Values<double>(), v => v),
            Type t when t == typeof(int) => Of(array.Values<int>(), v => v),
            Type t when t == typeof(long) => Of(array.Values<long>(), v => v),
            _ => Of(array.Values<byte>(), v => v),
        };
        long[]? whole = array.ElementType == typeof(long) ? array.Values<long>() : null;
        for (int column = 0; column < columns; column++)
        {
            var numbers = new double[rows];
            Dictionary<int, string>? written = null;
            for (int row = 0; row < rows; row++)
            {
                numbers[row] = at(row * columns + column);
                if (whole is not null && (Int128)numbers[row] != whole[row * columns + column])
                    (written ??= [])[row] = Invariant($"{whole[row * columns + column]}");
            }
            yield return new TableColumn("", before + column + 1, rows, numbers, null, written);
        }

        static Func<int, double> Of<T>(T[] values, Func<T, double> number) => k => number(values[k]);
    }

    [GeneratedRegex("(?<![A-Za-z])[xX](?![A-Za-z])")]
    private static partial Regex Word();
}
