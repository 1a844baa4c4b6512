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

    /// <summary>The most steps whose losses have a row each in what <see cref="WriteThinned"/> writes.</summary>
    public const int MostRows = 1_000_000;

    /// <summary>
    /// Writes the losses of a run, atomically: as <see cref="Write"/> does up to <paramref name="most"/> steps, and of a longer run a row
    /// for each stretch of 2, 4, 8, … steps, the shortest that need no more rows: <c>step,loss,lossMin,lossMax[,validation]</c>, with the
    /// stretch's first step, its mean, its least and its largest loss, and the last validation loss that was looked at in it.
    /// </summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="losses">One value per step, step 0 first.</param>
    /// <param name="validation">The validation losses that were looked at, in order; null for a file without that column.</param>
    /// <param name="most">The most rows.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is below 1.</exception>
    public static void WriteThinned(
        string path, ReadOnlySpan<float> losses, IReadOnlyList<ValidationLoss>? validation = null, int most = MostRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (losses.Length <= most)
        {
            Write(path, losses, validation);
            return;
        }
        int stretch = 2;
        while ((losses.Length - 1) / stretch >= most) stretch *= 2;                 // ends before 2^31: a quotient of 0 is below any most
        using AtomicFile file = AtomicFile.Create(path);
        using (var text = new StreamWriter(file.Stream, leaveOpen: true) { NewLine = "\n" })
        {
            text.WriteLine(validation is null ? "step,loss,lossMin,lossMax" : "step,loss,lossMin,lossMax,validation");
            int look = 0;
            for (int step = 0; step < losses.Length; step += Math.Min(stretch, losses.Length - step))
                text.WriteLine(Row(step, losses[step..(int)Math.Min(losses.Length, (long)step + stretch)], validation, ref look));
        }
        file.Commit();
    }

    static string Row(int step, ReadOnlySpan<float> losses, IReadOnlyList<ValidationLoss>? validation, ref int look)
    {
        (double sum, float least, float most) = (0, losses[0], losses[0]);
        foreach (float loss in losses) (sum, least, most) = (sum + loss, Math.Min(least, loss), Math.Max(most, loss));
        string row = FormattableString.Invariant($"{step},{(float)(sum / losses.Length):R},{least:R},{most:R}");
        if (validation is null) return row;
        int first = look;
        while (look < validation.Count && validation[look].Steps <= step + losses.Length) look++;
        return look == first ? row + "," : FormattableString.Invariant($"{row},{validation[look - 1].Loss:R}");
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
