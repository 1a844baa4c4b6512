using System.Globalization;
using GpuMlp.Formats;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>
/// The losses of a run as CSV: <c>step,loss</c>, one row per step from 0, each loss in float32's shortest round-trip form. A run with a
/// validation has a third column <c>validation</c>: the loss, as float64, after the update of the row's step, empty where it was not looked
/// at.
/// </summary>
public static class LossesCsv
{
    internal static ReadOnlySpan<byte> Header => "step,loss\n"u8;

    internal static ReadOnlySpan<byte> HeaderWithValidation => "step,loss,validation\n"u8;

    /// <summary>Writes all losses of a run, atomically; <see cref="LossesCsvWriter"/> takes them chunk by chunk.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="losses">One value per step, step 0 first.</param>
    /// <param name="validation">The validation losses that were looked at, in order; null for a file without that column.</param>
    public static void Write(string path, ReadOnlySpan<float> losses, IReadOnlyList<ValidationLoss>? validation = null)
    {
        using AtomicFile file = AtomicFile.Create(path);
        new LossesCsvWriter(file.Stream, validation).Write(losses);
        file.Commit();
    }

    /// <summary>Reads what <see cref="Write"/> wrote, bit for bit (except for the payload of a NaN).</summary>
    /// <exception cref="InvalidDataException">The file is anything else; the message gives file:line:column.</exception>
    public static float[] Read(string path) => ReadAll(path).Losses;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>The losses, and the validation losses; none where the file has no such column.</returns>
    /// <exception cref="InvalidDataException">The file is anything else; the message gives file:line:column.</exception>
    public static (float[] Losses, ValidationLoss[] Validation) ReadAll(string path)
    {
        ReadOnlySpan<byte> rest = InputFile.ReadAll(path, Array.MaxLength);
        bool hasValidation = rest.StartsWith(HeaderWithValidation);
        if (!hasValidation && !rest.StartsWith(Header))
            throw new InvalidDataException($"{path}:1:1: the first line must be 'step,loss' or 'step,loss,validation'.");
        rest = rest[(hasValidation ? HeaderWithValidation : Header).Length..];
        var losses = new List<float>();
        var validation = new List<ValidationLoss>();
        while (rest.Length > 0)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0) throw Bad(path, losses.Count, 1, "the line has no end: the file is truncated");
            ReadOnlySpan<byte> row = rest[..end];
            if (hasValidation) row = Validation(row, losses.Count, path, validation);
            losses.Add(Row(row, losses.Count, path));
            rest = rest[(end + 1)..];
        }
        return ([.. losses], [.. validation]);
    }

    // takes in a row's last field, and returns what is before it
    static ReadOnlySpan<byte> Validation(ReadOnlySpan<byte> row, int step, string path, List<ValidationLoss> validation)
    {
        int comma = row.LastIndexOf((byte)',');
        if (comma < 0 || row[..comma].IndexOf((byte)',') < 0) throw Bad(path, step, 1, "three fields expected");
        if (comma == row.Length - 1) return row[..comma];
        if (!double.TryParse(row[(comma + 1)..], Float, CultureInfo.InvariantCulture, out double loss))
            throw Bad(path, step, comma + 2, "a number expected");
        validation.Add(new ValidationLoss(step + 1, loss));
        return row[..comma];
    }

    const NumberStyles Float = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    static float Row(ReadOnlySpan<byte> row, int step, string path)
    {
        int comma = row.IndexOf((byte)',');
        if (comma < 0 || !int.TryParse(row[..comma], NumberStyles.None, CultureInfo.InvariantCulture, out int found) || found != step)
            throw Bad(path, step, 1, $"'{step},' and a loss expected");
        return float.TryParse(row[(comma + 1)..], Float, CultureInfo.InvariantCulture, out float loss) ? loss
            : throw Bad(path, step, comma + 2, "a number expected");
    }

    static InvalidDataException Bad(string path, int step, int column, string what) => new($"{path}:{step + 2}:{column}: {what}.");
}
