using System.Globalization;
using GpuMlp.Formats;

namespace GpuMlp.Records;

/// <summary>
/// The losses of a run as CSV: <c>step,loss</c>, one row per step from 0, each loss in float32's shortest round-trip form.
/// </summary>
public static class LossesCsv
{
    internal static ReadOnlySpan<byte> Header => "step,loss\n"u8;

    /// <summary>Writes all losses of a run, atomically; <see cref="LossesCsvWriter"/> takes them chunk by chunk.</summary>
    public static void Write(string path, ReadOnlySpan<float> losses)
    {
        using AtomicFile file = AtomicFile.Create(path);
        new LossesCsvWriter(file.Stream).Write(losses);
        file.Commit();
    }

    /// <summary>Reads what <see cref="Write"/> wrote, bit for bit (except for the payload of a NaN).</summary>
    /// <exception cref="InvalidDataException">The file is anything else; the message gives file:line:column.</exception>
    public static float[] Read(string path)
    {
        ReadOnlySpan<byte> rest = InputFile.ReadAll(path, Array.MaxLength);
        if (!rest.StartsWith(Header)) throw new InvalidDataException($"{path}:1:1: the first line must be 'step,loss'.");
        rest = rest[Header.Length..];
        var losses = new List<float>();
        while (rest.Length > 0)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0) throw Bad(path, losses.Count, 1, "the line has no end: the file is truncated");
            losses.Add(Row(rest[..end], losses.Count, path));
            rest = rest[(end + 1)..];
        }
        return [.. losses];
    }

    static float Row(ReadOnlySpan<byte> row, int step, string path)
    {
        int comma = row.IndexOf((byte)',');
        if (comma < 0 || !int.TryParse(row[..comma], NumberStyles.None, CultureInfo.InvariantCulture, out int found) || found != step)
            throw Bad(path, step, 1, $"'{step},' and a loss expected");
        const NumberStyles Float = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return float.TryParse(row[(comma + 1)..], Float, CultureInfo.InvariantCulture, out float loss) ? loss
            : throw Bad(path, step, comma + 2, "a number expected");
    }

    static InvalidDataException Bad(string path, int step, int column, string what) => new($"{path}:{step + 2}:{column}: {what}.");
}
