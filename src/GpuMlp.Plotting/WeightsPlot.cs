using System.Globalization;
using SkiaSharp;
using static System.FormattableString;

namespace GpuMlp.Plotting;

/// <summary>The values of one parameter of a network over its training.</summary>
/// <param name="Name">The parameter in words.</param>
/// <param name="Snapshots">Its values after some steps, in order.</param>
sealed record WeightsHistory(string Name, IReadOnlyList<(int Step, float[] Values)> Snapshots);

/// <summary>
/// Histograms of weights and biases, a panel per parameter: in each, one histogram per snapshot, the first at the top and the last in
/// front, all of one height.
/// </summary>
static class WeightsPlot
{
    /// <summary>The most histograms in a panel.</summary>
    public const int MostSnapshots = 12;

    const int SheetWidth = 1240, Margin = 28, TitleHeight = 60, PanelHeight = 330, Gap = 36;
    const int StepWidth = 64, LeastBins = 12, MostBins = 60, Few = 40;

    // a histogram may reach over this many of those before it
    const float Overlap = 1.9f;

    /// <summary>Writes a PNG file, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="panels">The parameters, two in a row: each layer's weights and biases.</param>
    /// <param name="title">The line over the picture.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<WeightsHistory> panels, string title)
    {
        using SKBitmap picture = Draw(panels, title);
        PictureFile.WritePng(path, picture);
    }

    internal static SKBitmap Draw(IReadOnlyList<WeightsHistory> panels, string title)
    {
        PlotFont.Register();
        int rows = (panels.Count + 1) / 2;
        var size = new SKImageInfo(SheetWidth, TitleHeight + rows * (PanelHeight + Gap), SKColorType.Bgra8888, SKAlphaType.Opaque);
        var picture = new SKBitmap(size);
        using var canvas = new SKCanvas(picture);
        canvas.Clear(SKColors.White);
        using var pen = new TextPen(canvas);
        pen.WriteCut(title, Margin, 38, 21, TextPen.Ink, SheetWidth - 2 * Margin);
        float width = (SheetWidth - 2 * Margin - Gap) / 2f;
        for (int k = 0; k < panels.Count; k++)
            new Panel(canvas, pen, panels[k], SKRect.Create(
                Margin + k % 2 * (width + Gap), TitleHeight + k / 2 * (PanelHeight + Gap), width, PanelHeight)).Draw();
        return picture;
    }

    /// <summary>At most <paramref name="most"/> of a number of things, evenly, the first and the last among them.</summary>
    public static IEnumerable<int> Evenly(int count, int most) => count <= most ? Enumerable.Range(0, count)
        : Enumerable.Range(0, most).Select(k => (int)((long)k * (count - 1) / (most - 1)));

    sealed class Panel(SKCanvas canvas, TextPen pen, WeightsHistory history, SKRect place)
    {
        readonly (int Step, float[] Values)[] shown = [.. Evenly(history.Snapshots.Count, MostSnapshots).Select(k => history.Snapshots[k])];

        float Left => place.Left + StepWidth;

        float Bottom => place.Bottom - 24;

        public void Draw()
        {
            int count = shown[0].Values.Length;
            pen.Write(Invariant($"{history.Name} · {count:N0}"), place.Left, place.Top + 18, 16, TextPen.Ink);
            float[] all = [.. shown.SelectMany(one => one.Values).Where(float.IsFinite)];
            double low = all.Length > 0 ? all.Min() : 0, high = all.Length > 0 ? all.Max() : 0, pad = Math.Max(0.04 * (high - low), 1e-3);
            (low, high) = (low - pad, high + pad);
            float X(double value) => Left + (float)((value - low) / (high - low)) * (place.Right - Left);
            DrawAxis(low, high, X);
            float top = place.Top + 40, spacing = (Bottom - top) / (shown.Length + Overlap - 1);
            for (int k = 0; k < shown.Length; k++)
            {
                float baseLine = Bottom - (shown.Length - 1 - k) * spacing;
                uint colour = Palette.Blues(shown.Length == 1 ? 0.75 : 0.3 + 0.6 * k / (shown.Length - 1));
                if (count <= Few) DrawValues(shown[k].Values, baseLine, colour, X);
                else DrawHistogram(Count(shown[k].Values, low, high), baseLine, Overlap * spacing, colour);
                pen.Write(Invariant($"{shown[k].Step:N0}"), Left - 10, baseLine + 2, 12, TextPen.Grey, SKTextAlign.Right);
            }
            pen.Write("step", Left - 10, Bottom - (shown.Length - 1) * spacing - 16, 12, TextPen.Grey, SKTextAlign.Right);
        }

        static int[] Count(float[] values, double low, double high)
        {
            var bins = new int[Math.Clamp((int)(2 * Math.Sqrt(values.Length)), LeastBins, MostBins)];
            foreach (float value in values)
                if (float.IsFinite(value)) bins[Math.Clamp((int)((value - low) / (high - low) * bins.Length), 0, bins.Length - 1)]++;
            return bins;
        }

        void DrawAxis(double low, double high, Func<double, float> x)
        {
            double step = Math.Pow(10, Math.Floor(Math.Log10((high - low) / 4)));
            foreach (double factor in (double[])[5, 2])
                if ((high - low) / (step * factor) >= 4)
                {
                    step *= factor;
                    break;
                }
            using var line = new SKPaint { Color = 0xFFE2E2E2 };
            for (double k = Math.Ceiling(low / step); k * step <= high; k++)
            {
                float at = x(k * step);
                canvas.DrawLine(at, place.Top + 34, at, Bottom + 4, line);
                string value = k == 0 ? "0" : (k * step).ToString("0.######", CultureInfo.InvariantCulture);
                pen.Write(value, at, Bottom + 20, 12, TextPen.Grey, SKTextAlign.Center);
            }
        }

        void DrawHistogram(int[] bins, float baseLine, float height, uint colour)
        {
            float wide = (place.Right - Left) / bins.Length, most = Math.Max(1, bins.Max());
            using var top = new SKPath();
            for (int bin = 0; bin < bins.Length; bin++)
            {
                float y = baseLine - height * bins[bin] / most;
                if (bin == 0) top.MoveTo(Left, y);
                else top.LineTo(Left + bin * wide, y);
                top.LineTo(Left + (bin + 1) * wide, y);
            }
            using var area = new SKPath(top);
            area.LineTo(place.Right, baseLine);
            area.LineTo(Left, baseLine);
            using var fill = new SKPaint { Color = ((SKColor)colour).WithAlpha(235), IsAntialias = true };
            canvas.DrawPath(area, fill);
            uint dark = Palette.Mix(0xFF000000, colour, 0.7);
            using var edge = new SKPaint { Color = dark, IsStroke = true, StrokeWidth = 1.2f, IsAntialias = true };
            canvas.DrawPath(top, edge);
        }

        // of so few values a histogram says less than their places
        void DrawValues(float[] values, float baseLine, uint colour, Func<double, float> x)
        {
            using var line = new SKPaint { Color = 0xFFE2E2E2 };
            canvas.DrawLine(Left, baseLine, place.Right, baseLine, line);
            using var fill = new SKPaint { Color = colour, IsAntialias = true };
            using var edge = new SKPaint { Color = SKColors.White, IsStroke = true, IsAntialias = true };
            foreach (float value in values.Where(float.IsFinite))
            {
                canvas.DrawCircle(x(value), baseLine, 5, fill);
                canvas.DrawCircle(x(value), baseLine, 5, edge);
            }
        }
    }
}
