using System.Globalization;
using GpuMlp.Files;
using GpuMlp.Grids;
using GpuMlp.Plotting;

namespace GpuMlp.Cli;

/// <summary>The files that a grid goes to, each written row by row.</summary>
sealed class GridOutputs(GridSpec grid, string value)
{
    /// <summary>Takes rows in order, then is finished; what it needs freed is its resource.</summary>
    public sealed record Writer<T>(GridSink<T> Rows, Action Finish, IDisposable? Resource = null);

    const uint White = 0xFFFFFFFF;

    /// <summary>Classes 0 to <paramref name="count"/> - 1 into .npy (or - for stdout), .png or .csv.</summary>
    public Writer<byte> Classes(Stream stream, string kind, int count) => kind switch
    {
        ".png" => Png(stream, [.. Enumerable.Range(0, count).Select(k => Palette.Mix(White, Palette.Hue(k), 0.5))], (byte[] row, ReadOnlySpan<byte> values) => values.CopyTo(row)),
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
        for (int k = 0; k < 256; k++) palette[k] = k < 128 ? Palette.Mix(Palette.Hue(0), White, k / 127.5) : Palette.Mix(White, Palette.Hue(1), (k - 127.5) / 127.5);
        return palette;
    }
}
