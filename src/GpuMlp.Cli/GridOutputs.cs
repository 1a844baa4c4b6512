using System.Globalization;
using GpuMlp.Files;
using GpuMlp.Grids;

namespace GpuMlp.Cli;

/// <summary>The files that a grid goes to, each written row by row.</summary>
sealed class GridOutputs(GridSpec grid, string value)
{
    /// <summary>Takes rows in order, then is finished; what it needs freed is its resource.</summary>
    public sealed record Writer<T>(GridSink<T> Rows, Action Finish, IDisposable? Resource = null);

    // class 0, in between, class 1: Okabe and Ito, "Color Universal Design" (2008)
    const uint Zero = 0x0072B2, Middle = 0xFFFFFF, One = 0xD55E00;

    // the classes' hues, from class 2 on in their order there
    static readonly uint[] hues = [Zero, One, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0xF0E442, 0x555555];

    /// <summary>Classes 0 to <paramref name="count"/> - 1 into .npy (or - for stdout), .png or .csv.</summary>
    public Writer<byte> Classes(Stream stream, string kind, int count) => kind switch
    {
        ".png" => Png(stream, [.. Enumerable.Range(0, count).Select(k => Mix(Middle, hues[k % hues.Length], 0.5))], (byte[] row, ReadOnlySpan<byte> values) => values.CopyTo(row)),
        ".csv" => Csv<byte>(stream, c => c.ToString(CultureInfo.InvariantCulture)),
        _ => Npy<byte>(stream),
    };

    /// <summary>Probabilities or logits into .npy (or - for stdout), .png or .csv.</summary>
    public Writer<float> Values(Stream stream, string kind) => kind switch
    {
        ".png" => Png(stream, Probabilities(), (byte[] row, ReadOnlySpan<float> values) =>
        {
            for (int k = 0; k < values.Length; k++) row[k] = (byte)(255 * values[k] + 0.5f);
        }),
        ".csv" => Csv<float>(stream, v => v.ToString("R", CultureInfo.InvariantCulture)),
        _ => Npy<float>(stream),
    };

    Writer<T> Npy<T>(Stream stream) where T : unmanaged
    {
        var writer = new NpyWriter<T>(stream, grid.Height, grid.Width);
        return new((_, values) => writer.Write(values), writer.Finish);
    }

    delegate void Paint<T>(byte[] row, ReadOnlySpan<T> values);

    Writer<T> Png<T>(Stream stream, uint[] palette, Paint<T> paint)
    {
        var writer = new PngWriter(stream, grid.Width, grid.Height, palette);
        byte[] row = new byte[grid.Width];
        return new((_, values) =>
        {
            for (; values.Length > 0; values = values[row.Length..])
            {
                paint(row, values[..row.Length]);
                writer.Write(row);
            }
        }, writer.Finish, writer);
    }

    Writer<T> Csv<T>(Stream stream, Func<T, string> text)
    {
        var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine($"x,y,{value}");
        string[] xs = [.. grid.X.Select(x => x.ToString("R", CultureInfo.InvariantCulture))];
        return new((first, values) =>
        {
            for (int k = 0; k < values.Length; k++)
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{xs[k % grid.Width]},{grid.Y[first + k / grid.Width]:R},{text(values[k])}"));
        }, writer.Flush, writer);
    }

    static uint[] Probabilities()
    {
        var palette = new uint[256];
        for (int k = 0; k < 256; k++) palette[k] = k < 128 ? Mix(Zero, Middle, k / 127.5) : Mix(Middle, One, (k - 127.5) / 127.5);
        return palette;
    }

    static uint Mix(uint a, uint b, double t)
    {
        uint mixed = 0;
        for (int shift = 0; shift < 24; shift += 8)
        {
            double low = a >> shift & 255, high = b >> shift & 255;
            mixed |= (uint)Math.Round(low + (high - low) * t) << shift;
        }
        return mixed;
    }
}
