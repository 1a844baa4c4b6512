using GpuMlp.Grids;
using ScottPlot;

namespace GpuMlp.Plotting;

/// <summary>A line of a <see cref="CurvePlot"/>.</summary>
/// <param name="Name">Its name in the legend; null for none.</param>
/// <param name="X">Where its points are.</param>
/// <param name="Y">The values there; those that are not finite are left out.</param>
public sealed record Curve(string? Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>What a network makes of one feature: a curve, or one for each class, over the data's points.</summary>
public static class CurvePlot
{
    const int MostPoints = 20_000, MostInLegend = 10;

    /// <summary>Writes a PNG file, or an SVG where that is the path's ending, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="curves">The network's curves.</param>
    /// <param name="points">The data's points, in the colours of the curves of the same place; more than 20,000 are thinned evenly.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style and size, and the axes' names; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">There is no finite point, or a curve has as many places as it has not values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        string path, IReadOnlyList<Curve> curves, IReadOnlyList<Curve> points, string title, PlotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(curves);
        ArgumentNullException.ThrowIfNull(points);
        byte[] picture = Draw(curves, points, title, options ?? new PlotOptions(), null, PictureFile.IsSvg(path));
        PictureFile.Write(path, stream => stream.Write(picture));
    }

    /// <summary>The picture of a window as PNG.</summary>
    internal static byte[] Render(
        IReadOnlyList<Curve> curves, IReadOnlyList<Curve> points, string title, PlotOptions options, Window window) =>
        Draw(curves, points, title, options, window, svg: false);

    static byte[] Draw(
        IReadOnlyList<Curve> curves, IReadOnlyList<Curve> points, string title, PlotOptions options, Window? window, bool svg)
    {
        Coordinates[][] lines = [.. curves.Select(Places)], dots = [.. points.Select(Places)];
        Coordinates[] all = [.. lines.Concat(dots).SelectMany(p => p)];
        if (all.Length == 0) throw new ArgumentException("there is no finite point to draw", nameof(points));
        double x0 = all.Min(p => p.X), x1 = all.Max(p => p.X), y0 = all.Min(p => p.Y), y1 = all.Max(p => p.Y);
        double margin = 0.05 * (y1 - y0);
        Window view = window ?? new(x0, x1, y0 - margin, y1 + margin);
        using var figure = new Figure(options, view, options.AxisLabels, (plot, figure) =>
        {
            Coordinates Placed(Coordinates p) => new(figure.X.ToPlot(p.X), figure.Y.ToPlot(p.Y));
            int every = (dots.Sum(d => d.Length) + MostPoints - 1) / MostPoints;
            for (int k = 0; k < dots.Length; k++)
            {
                Coordinates[] drawn = [.. dots[k].Where((_, i) => i % Math.Max(1, every) == 0).Select(Placed)];
                plot.Add.Markers(drawn, MarkerShape.FilledCircle, 5 * figure.Scale,
                    Color.FromARGB(Palette.Point(PlotStyle.Plain, k, dots.Length)).WithAlpha(.6));
            }
            for (int k = 0; k < lines.Length; k++)
            {
                // dark, so that a curve shows on points of its own colour
                uint hue = lines.Length == 1 ? Palette.Line : Palette.Mix(0xFF000000, Palette.Hue(k), 0.8);
                var line = plot.Add.ScatterLine(lines[k].Select(Placed).ToArray(), Color.FromARGB(hue));
                line.LineWidth = 2.5f * figure.Scale;
            }
            figure.AtRight = [.. Entries(points, k => Palette.Point(PlotStyle.Plain, k, dots.Length)),
                .. Entries(curves, k => lines.Length == 1 ? Palette.Line : Palette.Mix(0xFF000000, Palette.Hue(k), 0.8))];
        }, right: 40 + curves.Concat(points).Max(c => Figure.TextWidth(c.Name ?? "")));
        return figure.Bytes(svg, title);
    }

    static IEnumerable<(uint, string, bool)> Entries(IReadOnlyList<Curve> drawn, Func<int, uint> colour) =>
        drawn.Select((curve, k) => (Colour: colour(k), curve.Name)).Take(MostInLegend)
            .Where(entry => entry.Name is not null).Select(entry => (entry.Colour, entry.Name!, false));

    static Coordinates[] Places(Curve curve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        if (curve.X.Count != curve.Y.Count)
            throw new ArgumentException($"'{curve.Name}' has {curve.X.Count} places and {curve.Y.Count} values", nameof(curve));
        return [.. curve.X.Zip(curve.Y, (x, y) => new Coordinates(x, y)).Where(p => p.AreReal)];
    }
}
