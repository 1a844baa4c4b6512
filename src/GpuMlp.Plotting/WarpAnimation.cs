using GpuMlp.Grids;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>Where a layer of two units takes the plane after some step.</summary>
/// <param name="Title">The line over the picture.</param>
/// <param name="Columns">Lines of one value of the first feature: each its points after the layer, x and y in turn.</param>
/// <param name="Rows">Lines of one value of the second feature.</param>
/// <param name="Points">The data's points after the layer, x and y in turn.</param>
/// <param name="Boundary">a, b and c of the line a·x + b·y + c = 0 that parts the classes there; null if no line does.</param>
sealed record WarpFrame(
    string Title, IReadOnlyList<float[]> Columns, IReadOnlyList<float[]> Rows, float[] Points, (double A, double B, double C)? Boundary);

/// <summary>How a layer of two units bends the plane during training: an animation of grid lines and points.</summary>
static class WarpAnimation
{
    const uint ColumnInk = 0xFF9A9A9A, RowInk = 0xFF6FA287;
    const int Width = 640, Height = 480;

    /// <summary>Writes an endless GIF, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="frames">The frames in order, at least one.</param>
    /// <param name="colours">The colour of each point.</param>
    /// <param name="legend">Colours of points and their names.</param>
    /// <param name="axes">The names of the features along x and y.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<WarpFrame> frames, uint[] colours, IReadOnlyList<(uint Colour, string Name)> legend,
        (string X, string Y) axes)
    {
        Window view = View(frames);
        (uint, string)[] boundary = frames.Any(frame => frame.Boundary is not null) ? [(Palette.Line, "boundary")] : [];
        (uint, string)[] entries = [.. legend, .. boundary, (ColumnInk, $"{axes.X} fixed"), (RowInk, $"{axes.Y} fixed")];
        float room = 40 + entries.Max(entry => Figure.TextWidth(entry.Item2));
        using var figure = new Figure(new PlotOptions { Width = Width, Height = Height }, view, ("unit 1", "unit 2"),
            (_, figure) => figure.AtRight = [.. entries.Select(entry => (entry.Item1, entry.Item2, false))], right: room);
        SKBitmap Draw(int frame) => WarpAnimation.Draw(figure, frames[frame], colours);
        PictureFile.Write(path, stream => GifFile.Write(stream, frames.Count, Draw));
    }

    // what all points of all frames lie in: the plane moves, the axes do not
    static Window View(IReadOnlyList<WarpFrame> frames)
    {
        (double x0, double x1) = Bounds(frames, 0);
        (double y0, double y1) = Bounds(frames, 1);
        return new Window(x0, x1, y0, y1);
    }

    static (double, double) Bounds(IReadOnlyList<WarpFrame> frames, int axis)
    {
        float[] values = [.. frames.SelectMany(frame => frame.Points.Where((value, k) => k % 2 == axis && float.IsFinite(value)))];
        if (values.Length == 0) return (0, 1);
        double low = values.Min(), high = values.Max(), pad = Math.Max(0.06 * (high - low), 1e-3);
        return (low - pad, high + pad);
    }

    static SKBitmap Draw(Figure figure, WarpFrame frame, uint[] colours)
    {
        SKBitmap picture = figure.Draw(frame.Title);
        using var canvas = new SKCanvas(picture);
        SKRectI area = figure.DataArea;
        canvas.ClipRect(area);
        SKPoint Place(float x, float y) => new(
            area.Left + (float)((x - figure.View.X0) / (figure.View.X1 - figure.View.X0)) * area.Width,
            area.Bottom - (float)((y - figure.View.Y0) / (figure.View.Y1 - figure.View.Y0)) * area.Height);
        SKPoint[] Places(float[] pairs) => [.. Enumerable.Range(0, pairs.Length / 2).Select(k => Place(pairs[2 * k], pairs[2 * k + 1]))];
        using var line = new SKPaint { IsStroke = true, StrokeWidth = 1.2f, IsAntialias = true };
        DrawLines(frame.Columns, ColumnInk);
        DrawLines(frame.Rows, RowInk);
        using var dot = new SKPaint { IsAntialias = true };
        using var edge = new SKPaint { IsAntialias = true, IsStroke = true, StrokeWidth = 0.8f, Color = SKColors.White };
        SKPoint[] points = Places(frame.Points);
        for (int k = 0; k < points.Length; k++)
        {
            dot.Color = colours[k];
            canvas.DrawCircle(points[k], 3.2f, dot);
            canvas.DrawCircle(points[k], 3.2f, edge);
        }
        if (frame.Boundary is var (a, b, c)) DrawBoundary(canvas, figure.View, Place, a, b, c);
        return picture;

        void DrawLines(IReadOnlyList<float[]> lines, uint ink)
        {
            line.Color = ink;
            foreach (float[] one in lines)
            {
                using var path = new SKPath();
                path.AddPoly(Places(one), close: false);
                canvas.DrawPath(path, line);
            }
        }
    }

    static void DrawBoundary(SKCanvas canvas, Window view, Func<float, float, SKPoint> place, double a, double b, double c)
    {
        if (a == 0 && b == 0) return;
        // the line's two ends outside of the view, along the axis that it is less steep to
        double wide = (view.X1 - view.X0) * Math.Abs(a), high = (view.Y1 - view.Y0) * Math.Abs(b);
        (double x, double y) At(double share)
        {
            if (wide <= high)
            {
                double x = view.X0 + share * (view.X1 - view.X0);
                return (x, -(a * x + c) / b);
            }
            double y = view.Y0 + share * (view.Y1 - view.Y0);
            return (-(b * y + c) / a, y);
        }
        using var line = new SKPaint { Color = Palette.Line, IsStroke = true, StrokeWidth = 2.5f, IsAntialias = true };
        (double x0, double y0) = At(0);
        (double x1, double y1) = At(1);
        canvas.DrawLine(place((float)x0, (float)y0), place((float)x1, (float)y1), line);
    }
}
