using System.Globalization;
using GpuMlp.Grids;
using ScottPlot;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>A number that a network gives over the plane, as a map of colours with their scale, and the data's points on it.</summary>
public static class HeatMapPlot
{
    const int MostPoints = 20_000, Ticks = 5;

    /// <summary>Writes a PNG file, or an SVG where that is the path's ending, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="grid">The grid of the values; the picture shows its window.</param>
    /// <param name="values">float[Height * Width] of the grid, row 0 at the smallest y; NaN is drawn grey.</param>
    /// <param name="points">The data's points with their numbers, drawn in the map's colours; more than 20,000 are thinned evenly.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style and size, and the axes' names; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">The number of values is not the number of points of the grid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, GridSpec grid, float[] values, IReadOnlyList<(double X, double Y, double Value)> points,
        string title, PlotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(points);
        byte[] picture = Draw(grid, values, points, title, options ?? new PlotOptions(), null, PictureFile.IsSvg(path));
        PictureFile.Write(path, stream => stream.Write(picture));
    }

    /// <summary>The picture as PNG, with the numbers of its first and its last colour.</summary>
    internal static byte[] Render(GridSpec grid, float[] values, IReadOnlyList<(double X, double Y, double Value)> points, string title,
        PlotOptions options, (double Low, double High) range) => Draw(grid, values, points, title, options, range, svg: false);

    static byte[] Draw(GridSpec grid, float[] values, IReadOnlyList<(double X, double Y, double Value)> points, string title,
        PlotOptions options, (double Low, double High)? range, bool svg)
    {
        if (values.Length != grid.Width * grid.Height)
            throw new ArgumentException(
                $"{values.Length} values for a grid of {grid.Width} × {grid.Height}; {grid.Width * grid.Height} are needed.",
                nameof(values));
        (double low, double high) = range ?? Range([.. values.Select(v => (double)v), .. points.Select(p => p.Value)]);
        uint Colour(double value) => double.IsNaN(value) ? Palette.Missing : Palette.Sequential((value - low) / (high - low));
        int every = Math.Max(1, (points.Count + MostPoints - 1) / MostPoints);
        using var figure = new Figure(options, grid.Window, options.AxisLabels, (plot, figure) =>
        {
            // a series of markers has one colour, so there is one series per shade
            var shades = points.Where((p, i) => i % every == 0 && double.IsFinite(p.Value)).GroupBy(p => Colour(p.Value));
            foreach (var shade in shades)
            {
                Coordinates[] places = [.. shade.Select(p => new Coordinates(figure.X.ToPlot(p.X), figure.Y.ToPlot(p.Y)))];
                var markers = plot.Add.Markers(places, MarkerShape.FilledCircle, 6 * figure.Scale, Color.FromARGB(shade.Key));
                markers.MarkerStyle.OutlineColor = Colors.Black.WithAlpha(.7);
                markers.MarkerStyle.OutlineWidth = figure.Scale;
            }
        }, right: 90);
        var painter = new RegionPainter(grid, figure.View, figure.DataArea.Width, figure.DataArea.Height, options.Style, 2, 0);
        return figure.Bytes(svg, title, (pixels, stride) => painter.Paint(values, pixels, stride, v => Colour(v)),
            canvas => DrawScale(canvas, figure, options, low, high, Colour));
    }

    static (double, double) Range(double[] values)
    {
        double[] finite = Array.FindAll(values, double.IsFinite);
        double low = finite.Length > 0 ? finite.Min() : 0, high = finite.Length > 0 ? finite.Max() : 1;
        return high > low ? (low, high) : (low - 0.5, low + 0.5);
    }

    static void DrawScale(SKCanvas canvas, Figure figure, PlotOptions options, double low, double high, Func<double, uint> colour)
    {
        SKRectI area = figure.DataArea;
        float left = area.Right + 14 * figure.Scale, wide = 16 * figure.Scale;
        using var paint = new SKPaint();
        for (int y = area.Top; y < area.Bottom; y++)
        {
            paint.Color = colour(high + (low - high) * (y - area.Top) / Math.Max(1, area.Height - 1));
            canvas.DrawRect(left, y, wide, 1, paint);
        }
        using var font = new SKFont(PlotFont.Typeface, figure.FontSize * 0.87f) { Subpixel = true };
        paint.Color = Palette.Ink(options.Style);
        paint.IsAntialias = true;
        double step = Step((high - low) / Ticks);
        for (double tick = Math.Ceiling(low / step); tick * step <= high; tick++)
        {
            double value = tick * step;
            float y = area.Bottom - (float)(area.Height * ((value - low) / (high - low)));
            canvas.DrawText(value.ToString("G5", CultureInfo.InvariantCulture), left + wide + 4 * figure.Scale,
                Math.Clamp(y + font.Size * 0.35f, area.Top + font.Size * 0.8f, area.Bottom), font, paint);
        }
    }

    // 1, 2 or 5 times a power of ten
    static double Step(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
    }
}
