using System.Globalization;

namespace GpuMlp.Records;

/// <summary>Writes losses as CSV while they are computed, and counts the steps.</summary>
public sealed class LossesCsvWriter
{
    const int RowBytes = 40;                                       // 19 digits of a step, a comma, 15 characters of a float32, a newline
    readonly byte[] buffer = new byte[1 << 16];
    readonly Stream stream;
    long step;

    /// <summary>Writes the header line to a stream; the caller closes the stream.</summary>
    public LossesCsvWriter(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        this.stream = stream;
        stream.Write(LossesCsv.Header);
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
            buffer[used++] = (byte)'\n';
        }
        Flush(ref used);
    }

    void Flush(ref int used)
    {
        stream.Write(buffer, 0, used);
        used = 0;
    }
}
