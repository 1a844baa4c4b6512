using System.Globalization;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>Writes losses as CSV while they are computed, and counts the steps.</summary>
public sealed class LossesCsvWriter
{
    // 19 digits of a step, 15 characters of a float32, 24 of a float64, two commas, a newline
    const int RowBytes = 64;

    readonly byte[] buffer = new byte[1 << 16];
    readonly Stream stream;
    readonly IReadOnlyList<ValidationLoss>? validation;
    int nextLook;
    long step;

    /// <summary>Writes the header line to a stream; the caller closes the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="validation">
    /// The validation losses, in order; the list may grow while rows are written, as long as it is ahead of them. Null for no such column.
    /// </param>
    public LossesCsvWriter(Stream stream, IReadOnlyList<ValidationLoss>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (this.stream, this.validation) = (stream, validation);
        stream.Write(validation is null ? LossesCsv.Header : LossesCsv.HeaderWithValidation);
    }

    /// <summary>Writes the losses of the next steps.</summary>
    public void Write(ReadOnlySpan<float> losses)
    {
        int used = 0;
        foreach (float loss in losses)
        {
            if (used > buffer.Length - RowBytes) Flush(ref used);
            step++.TryFormat(buffer.AsSpan(used), out int digits);
            used += digits;
            buffer[used++] = (byte)',';
            loss.TryFormat(buffer.AsSpan(used), out digits, "R", CultureInfo.InvariantCulture);
            used += digits;
            if (validation is not null) used += WriteLook(validation, buffer.AsSpan(used));
            buffer[used++] = (byte)'\n';
        }
        Flush(ref used);
    }

    int WriteLook(IReadOnlyList<ValidationLoss> looks, Span<byte> to)
    {
        to[0] = (byte)',';
        while (nextLook < looks.Count && looks[nextLook].Steps < step) nextLook++;
        if (nextLook >= looks.Count || looks[nextLook].Steps != step) return 1;
        looks[nextLook].Loss.TryFormat(to[1..], out int digits, "R", CultureInfo.InvariantCulture);
        return 1 + digits;
    }

    void Flush(ref int used)
    {
        stream.Write(buffer, 0, used);
        used = 0;
    }
}
