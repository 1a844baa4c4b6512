using System.Globalization;
using GpuMlp.Grids;
using ScottPlot;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>Draws a comparison: rows of times, the boundary, the distances of the losses, and sentences, from top to bottom.</summary>
sealed class CompareSheet
{
    public const int Width = 1240;

    const int Margin = 28, TitleHeight = 56, HeadHeight = 34, RowHeight = 30, AxisHeight = 34, Gap = 26;
    const int PanelHeight = 440, NoteHeight = 23, MostDistances = 6, MostPoints = 1500;
    const float Text = 15, Small = 13;

    readonly ComparePlot plot;
    readonly IReadOnlyList<string> notes;

    public CompareSheet(ComparePlot plot)
    {
        this.plot = plot;
        using var bitmap = new SKBitmap(1, 1);
        using var canvas = new SKCanvas(bitmap);
        using var pen = new TextPen(canvas);
        notes = [.. plot.Notes.SelectMany((note, k) => pen.Lines(note, k == 0 ? Text : Small + 1, Width - 2 * Margin))];
    }

    float PanelTop => TitleHeight + HeadHeight + plot.Rows.Count * RowHeight + AxisHeight + Gap;

    float NotesTop => PanelTop + PanelHeight + Gap;

    public int Height => (int)(NotesTop + notes.Count * NoteHeight + Margin);

    public void Draw(SKCanvas canvas)
    {
        canvas.Clear(Palette.Face(PlotStyle.Plain));
        using var pen = new TextPen(canvas);
        pen.WriteCut(plot.Title, Margin, 38, 21, TextPen.Ink, Width - 2 * Margin);
        new CompareRows(plot, canvas, pen, Margin, TitleHeight, Width - Margin, HeadHeight, RowHeight).Draw();
        float left = Margin, half = (Width - 2 * Margin - Gap) / 2f;
        if (plot.Boundary is CompareBoundary boundary)
        {
            DrawBoundary(canvas, boundary, left, half);
            left += half + Gap;
        }
        if (plot.Distances.Count > 0) DrawDistances(canvas, left, Width - Margin - left);
        else DrawVerdict(pen, left, Width - Margin - left);
        for (int k = 0; k < notes.Count; k++)
            pen.Write(notes[k], Margin, NotesTop + (k + 0.7f) * NoteHeight, k == 0 ? Text : Small + 1, k == 0 ? TextPen.Ink : TextPen.Grey);
    }

    void DrawBoundary(SKCanvas canvas, CompareBoundary boundary, float left, float width)
    {
        GridSpec grid = boundary.Grid;
        using var picture = new BoundaryPlot(grid, boundary.Points, boundary.Options with { Width = (int)width, Height = PanelHeight });
        using SKBitmap bitmap = picture.Draw(boundary.Outputs, boundary.Caption);
        canvas.DrawBitmap(bitmap, left, PanelTop);
        SKRectI area = picture.DataArea;
        Window view = grid.Window;
        // a point is drawn larger than it is: one pixel would not be seen
        const float Least = 4;
        float wide = Math.Max(Least, (float)area.Width / grid.Width), high = Math.Max(Least, (float)area.Height / grid.Height);
        float Share(double at, double from, double to) => (float)((at - from) / (to - from));
        SKRect[] places = [.. Enumerable.Range(0, boundary.Disagrees.Length).Where(k => boundary.Disagrees[k]).Select(k =>
        {
            float x = area.Left + area.Width * Share(grid.XAt(k % grid.Width), view.X0, view.X1);
            float y = area.Bottom - area.Height * Share(grid.YAt(k / grid.Width), view.Y0, view.Y1);
            return SKRect.Create(left + x - wide / 2, PanelTop + y - high / 2, wide, high);
        })];
        using var paint = new SKPaint { Color = TextPen.Ink };
        foreach (SKRect place in places) canvas.DrawRect(SKRect.Inflate(place, 1.5f, 1.5f), paint);
        paint.Color = Palette.Hue(6);
        foreach (SKRect place in places) canvas.DrawRect(place, paint);
    }

    void DrawDistances(SKCanvas canvas, float left, float width)
    {
        LossDistance[] drawn = [.. plot.Distances.Take(MostDistances)];
        Coordinates[][] curves = [.. drawn.Select(Points)];
        Coordinates[] all = [.. curves.SelectMany(curve => curve)];
        int steps = drawn.Max(distance => distance.Distances.Length);
        double low = all.Length > 0 ? Math.Floor(all.Min(p => p.Y)) : -8, high = all.Length > 0 ? Math.Ceiling(all.Max(p => p.Y)) : -7;
        var view = new Window(-0.02 * steps, 1.02 * steps, low - 0.1, Math.Max(high, low + 1) + 0.1);
        // the names stand under the picture: they are too long for a legend in it
        int legend = (int)(NoteHeight * drawn.Length), height = PanelHeight - legend;
        using var figure = new Figure(
            new PlotOptions { Width = (int)width, Height = height }, view, ("step", "distance of the losses"), (sheet, figure) =>
            {
                for (int k = 0; k < curves.Length; k++)
                    sheet.Add.Markers(curves[k], MarkerShape.FilledCircle, 3.5f, Color.FromARGB(Palette.Hue(k)));
            }, wholeX: true, logY: true);
        using SKBitmap bitmap = figure.Draw("how far the loss of each step is from the other's");
        canvas.DrawBitmap(bitmap, left, PanelTop);
        using var pen = new TextPen(canvas);
        using var paint = new SKPaint { IsAntialias = true };
        for (int k = 0; k < drawn.Length; k++)
        {
            float y = PanelTop + height + (k + 0.7f) * NoteHeight;
            paint.Color = Palette.Hue(k);
            canvas.DrawCircle(left + 16, y - 5, 5, paint);
            string more = k == MostDistances - 1 && plot.Distances.Count > MostDistances
                ? $" (and {plot.Distances.Count - MostDistances} more, which are not drawn)" : "";
            pen.WriteCut(drawn[k].Name + more, left + 30, y, Small, TextPen.Ink, width - 40);
        }
    }

    // the largest distance of each stretch of steps; steps without a distance have no place on a logarithmic axis
    static Coordinates[] Points(LossDistance of)
    {
        int stretch = Math.Max(1, (of.Distances.Length + MostPoints - 1) / MostPoints);
        return [.. of.Distances.Chunk(stretch).Select((some, k) => (Step: (double)k * stretch, Largest: some.Max()))
            .Where(point => point.Largest > 0 && double.IsFinite(point.Largest))
            .Select(point => new Coordinates(point.Step, Math.Log10(point.Largest)))];
    }

    void DrawVerdict(TextPen pen, float left, float width)
    {
        float y = PanelTop + PanelHeight * 0.4f;
        for (int k = 0; k < plot.Verdict.Count; k++)
            foreach (string line in pen.Lines(plot.Verdict[k], k == 0 ? 22 : Text, width - 20))
            {
                pen.Write(line, left + width / 2, y, k == 0 ? 22 : Text, k == 0 ? Palette.Hue(2) : TextPen.Grey, SKTextAlign.Center);
                y += k == 0 ? 36 : 24;
            }
    }
}
