using System.Globalization;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Plotting;

namespace GpuMlp.Cli.Grid;

/// <summary>The files that a grid goes to, each written row by row.</summary>
sealed class GridOutputs(GridSpec grid, string header)
{
    /// <summary>
    /// What writes a grid: <paramref name="Rows"/> takes its rows in order, <paramref name="Finish"/> ends the file, and
    /// <paramref name="Resource"/>, where there is one, is disposed after that.
    /// </summary>
    public sealed record Writer<T>(GridSink<T> Rows, Action Finish, IDisposable? Resource = null);

    const uint White = 0xFFFFFFFF;

    /// <summary>
    /// Classes 0 to <paramref name="count"/> - 1, with 255 for what is not a number, into .npy (or - for stdout), .png or .csv.
    /// </summary>
    public Writer<byte> Classes(Stream stream, string kind, int count) => kind switch
    {
        ".png" => Png(stream, ClassColours(count), (byte[] row, ReadOnlySpan<byte> values) =>
        {
            for (int k = 0; k < values.Length; k++) row[k] = Math.Min(values[k], (byte)count);
        }),
        ".csv" => Csv<byte>(stream, c => c == ClassEvaluator.NotANumber ? "NaN" : c.ToString(CultureInfo.InvariantCulture)),
        ".npy" or "-" => Npy<byte>(stream),
        _ => throw new ArgumentException($"no grid is written as {kind}", nameof(kind)),
    };

    /// <summary>Probabilities or logits into .npy (or - for stdout), .png or .csv; several numbers per point into .npy alone.</summary>
    public Writer<float> Values(Stream stream, string kind, int perPoint = 1) => kind switch
    {
        ".png" => Png(stream, Probabilities(), (byte[] row, ReadOnlySpan<float> values) =>
        {
            for (int k = 0; k < values.Length; k++) row[k] = Level(values[k]);
        }),
        ".csv" => Csv<float>(stream, v => v.ToString("R", CultureInfo.InvariantCulture)),
        ".npy" or "-" => Npy<float>(stream, perPoint),
        _ => throw new ArgumentException($"no grid is written as {kind}", nameof(kind)),
    };

    static uint[] ClassColours(int count) =>
        [.. Enumerable.Range(0, count).Select(k => Palette.Mix(White, Palette.Hue(k), 0.5)), Palette.Missing];

    Writer<T> Npy<T>(Stream stream, int perPoint = 1) where T : unmanaged
    {
        NpyWriter<T> writer = perPoint == 1 ? new(stream, grid.Height, grid.Width) : new(stream, grid.Height, grid.Width, perPoint);
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
        writer.WriteLine(header);
        string[] xs = [.. grid.X.Select((_, column) => Text(grid.X[column], grid.XAt(column)))];
        return new((first, values) =>
        {
            string y = "";
            for (int k = 0; k < values.Length; k++)
            {
                if (k % grid.Width == 0) y = Text(grid.Y[first + k / grid.Width], grid.YAt(first + k / grid.Width));
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{xs[k % grid.Width]},{y},{text(values[k])}"));
            }
        }, writer.Flush, writer);

        // the point as the network saw it, in float32; where inputs are standardized, the point in the data's own units
        string Text(float input, double inData) => grid.Scale is null
            ? input.ToString("R", CultureInfo.InvariantCulture)
            : inData.ToString("R", CultureInfo.InvariantCulture);
    }

    // the level whose colour stands for NaN; a probability of that level gets the level below, a nearly equal colour (near white)
    const byte Missing = 127;

    static byte Level(float probability)
    {
        if (float.IsNaN(probability)) return Missing;
        byte level = (byte)(255 * probability + 0.5f);
        return level == Missing ? (byte)(Missing - 1) : level;
    }

    static uint[] Probabilities()
    {
        var palette = new uint[256];
        for (int k = 0; k < 256; k++)
        {
            palette[k] = k < 128
                ? Palette.Mix(Palette.Hue(0), White, k / 127.5)
                : Palette.Mix(White, Palette.Hue(1), (k - 127.5) / 127.5);
        }
        palette[Missing] = Palette.Missing;
        return palette;
    }
}
