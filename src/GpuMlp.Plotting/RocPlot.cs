using System.Globalization;
using GpuMlp.Grids;
using GpuMlp.Metrics;
using ScottPlot;

namespace GpuMlp.Plotting;

/// <summary>ROC curves in one square, with the area under each in the legend, and the diagonal that guessing gives.</summary>
public static class RocPlot
{
    const int MostCurves = 10, MostPoints = 2000;

    // beside their colours, so that curves are told apart by those who do not see those
    static readonly LinePattern[] patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.DenselyDashed, LinePattern.Dotted];

    /// <summary>Writes a PNG file, or an SVG where that is the path's ending, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="curves">The curves with their names. Of more than ten the ten with the smallest areas are drawn.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style and size; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">Something but the options is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<(string Name, RocCurve Curve)> curves, string title, PlotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(curves);
        ArgumentNullException.ThrowIfNull(title);
        if (curves.Any(curve => curve.Curve is null || curve.Name is null)) throw new ArgumentException("a curve is null", nameof(curves));
        options ??= new PlotOptions();
        if (curves.Count > MostCurves)
        {
            title = $"{title} · the {MostCurves} smallest areas of {curves.Count}";
            curves = [.. curves.OrderBy(curve => curve.Curve.Area).Take(MostCurves)];
        }
        var labels = ("false positive rate", "true positive rate");
        using var figure = new Figure(options, new Window(-0.02, 1.02, -0.02, 1.02), labels, (plot, figure) =>
        {
            var diagonal = plot.Add.Line(0, 0, 1, 1);
            diagonal.LineColor = Color.FromARGB(Palette.Mix(Palette.Face(options.Style), Palette.Ink(options.Style), 0.45));
            (diagonal.LinePattern, diagonal.LineWidth, diagonal.LegendText) = (LinePattern.Dotted, 1.5f * figure.Scale, "guessing");
            for (int k = 0; k < curves.Count; k++)
            {
                var line = plot.Add.ScatterLine(Thinned(curves[k].Curve), Color.FromARGB(Palette.Hue(k)));
                (line.LineWidth, line.LinePattern) = (2.5f * figure.Scale, patterns[k % patterns.Length]);
                string area = curves[k].Curve.Area.ToString("0.0000", CultureInfo.InvariantCulture);
                line.LegendText = $"{curves[k].Name}, area {area}";
            }
            figure.ShowLegend(plot, Alignment.LowerRight);
        });
        figure.Save(path, title);
    }

    static Coordinates[] Thinned(RocCurve curve)
    {
        int count = curve.Points.Count, points = Math.Min(count, MostPoints);
        return [.. Enumerable.Range(0, points).Select(k => curve.Points[points == 1 ? 0 : (int)((long)k * (count - 1) / (points - 1))])
            .Select(point => new Coordinates(point.FalsePositiveRate, point.TruePositiveRate))];
    }
}
