using GpuMlp.Tables;

namespace GpuMlp.Data;

/// <summary>Reads a data set from a table in a file: all columns but the label are features.</summary>
public static class CsvData
{
    /// <summary>Reads a file as <see cref="DataTable.Read(string, TableReadOptions?)"/> does, and encodes it with a
    /// <see cref="TablePreprocessor"/>.</summary>
    /// <remarks>
    /// Labels are classes if they are text (numbered from 0 in ordinal order), all 0 or 1, or exactly the whole numbers 0 to K - 1; other
    /// numbers are the targets of a regression. Messages begin with file:line:column; line and column (the number of the field) count from
    /// 1.
    /// </remarks>
    /// <param name="path">The file, or a pipe.</param>
    /// <param name="labelColumn">The name of the label column, or its position counted from 1; null for the last column.</param>
    /// <param name="beyondFloat32">
    /// Whether features may exceed float32. <see cref="DataSet.Inputs"/> then holds infinity for them, and a <see cref="Standardizer"/> can
    /// bring them back into range.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The file is empty, ragged or malformed, a value is missing or no finite number, or the path is a folder or a device.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">The file, or what a pipe gives, takes more memory than there is.</exception>
    /// <exception cref="ArgumentException">There is no such label column, or there are two of that name.</exception>
    public static DataSet Read(string path, string? labelColumn = null, bool beyondFloat32 = false)
    {
        DataTable table = DataTable.Read(path);
        return TablePreprocessor.Fit(table, new ColumnOptions { Label = labelColumn }).Transform(table, beyondFloat32: beyondFloat32);
    }
}
