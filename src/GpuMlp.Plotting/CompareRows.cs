using System.Globalization;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>
/// The rows of a comparison: the seconds of each part as marks on one logarithmic axis, since devices differ by orders of magnitude, and
/// columns of numbers beside it.
/// </summary>
sealed class CompareRows(
    ComparePlot plot, SKCanvas canvas, TextPen pen, float left, float top, float right, float headHeight, float rowHeight)
{
    const float Text = 15, Small = 13, ColumnGap = 26, Mark = 6;

    // hues and shapes, so that parts are told apart by either
    static readonly uint[] hues = [Palette.Hue(5), Palette.Hue(4), Palette.Hue(1), Palette.Hue(2)];

    readonly double[] seconds = [.. plot.Rows.SelectMany(row => row.Seconds).Where(value => value > 0)];

    int Least => seconds.Length > 0 ? (int)Math.Floor(Math.Log10(seconds.Min())) : -3;

    int Most => seconds.Length > 0 ? Math.Max(Least + 1, (int)Math.Ceiling(Math.Log10(seconds.Max()))) : 0;

    public void Draw()
    {
        float names = plot.Rows.Max(row => pen.Width(row.Name, Text)), bottom = top + headHeight + plot.Rows.Count * rowHeight;
        float[] widths = [.. Enumerable.Range(0, plot.Columns.Count).Select(column => plot.Rows.Where(row => row.Cells.Count > column)
            .Select(row => pen.Width(row.Cells[column], Small)).Append(pen.Width(plot.Columns[column], Small)).Max())];
        float start = left + names + ColumnGap, end = right - widths.Sum() - ColumnGap * widths.Length - Mark;
        float X(double value) => start + (float)((Math.Log10(value) - Least) / (Most - Least)) * (end - start);
        DrawAxis(X, bottom);
        DrawLegend(start);
        for (int k = 0; k < plot.Rows.Count; k++) DrawRow(plot.Rows[k], top + headHeight + (k + 0.5f) * rowHeight, X, start, end, widths);
        float at = end;
        for (int column = 0; column < widths.Length; column++)
        {
            at += ColumnGap + widths[column];
            pen.Write(plot.Columns[column], at, top + headHeight - 10, Small, TextPen.Grey, SKTextAlign.Right);
        }
    }

    void DrawAxis(Func<double, float> x, float bottom)
    {
        using var line = new SKPaint { Color = 0xFFDDDDDD, StrokeWidth = 1 };
        for (int power = Least; power <= Most; power++)
        {
            float at = x(Math.Pow(10, power));
            canvas.DrawLine(at, top + headHeight - 4, at, bottom + 4, line);
            pen.Write(Named(power), at, bottom + 20, Small, TextPen.Grey, SKTextAlign.Center);
        }
    }

    static string Named(int power)
    {
        (int unit, string name) = power >= 0 ? (0, "s") : power >= -3 ? (-3, "ms") : power >= -6 ? (-6, "µs") : (-9, "ns");
        return $"{Math.Pow(10, power - unit).ToString("#,0", CultureInfo.InvariantCulture)} {name}";
    }

    void DrawLegend(float start)
    {
        float x = start;
        for (int part = 0; part < plot.Parts.Count; part++)
        {
            DrawMark(part, x + Mark, top + headHeight - 15);
            pen.Write(plot.Parts[part], x + 2.6f * Mark, top + headHeight - 10, Small, TextPen.Ink);
            x += 2.6f * Mark + pen.Width(plot.Parts[part], Small) + ColumnGap;
        }
    }

    void DrawRow(CompareBar row, float y, Func<double, float> x, float start, float end, float[] widths)
    {
        pen.Write(row.Name, left, y + 5, Text, row.Seconds.Count > 0 ? TextPen.Ink : TextPen.Grey);
        if (row.Note is string note) pen.WriteCut(note, start, y + 5, Small, TextPen.Grey, right - start);
        (int Part, double Seconds)[] drawn = [.. row.Seconds.Select((value, part) => (part, value)).Where(mark => mark.value > 0)];
        if (drawn.Length > 0)
        {
            using var line = new SKPaint { Color = 0xFFBBBBBB, StrokeWidth = 1.5f };
            canvas.DrawLine(x(drawn.Min(mark => mark.Seconds)), y, x(drawn.Max(mark => mark.Seconds)), y, line);
            foreach ((int part, double value) in drawn) DrawMark(part, x(value), y);
        }
        float at = end;
        for (int column = 0; column < row.Cells.Count; column++)
        {
            at += ColumnGap + widths[column];
            bool isVerdict = column == row.Cells.Count - 1;
            uint colour = !isVerdict || row.IsSame is null ? TextPen.Ink : row.IsSame == true ? Palette.Mix(0xFF000000, Palette.Hue(2), 0.8)
                : Palette.Mix(0xFF000000, Palette.Hue(1), 0.85);
            pen.Write(row.Cells[column], at, y + 5, Small, colour, SKTextAlign.Right);
        }
    }

    void DrawMark(int part, float x, float y)
    {
        using var paint = new SKPaint { Color = hues[part % hues.Length], IsAntialias = true };
        using var edge = new SKPaint { Color = SKColors.White, IsStroke = true, StrokeWidth = 1, IsAntialias = true };
        using var shape = new SKPath();
        if (part == 0) shape.AddCircle(x, y, Mark - 0.5f);
        else if (part == 1) shape.AddRect(SKRect.Create(x - Mark + 1, y - Mark + 1, 2 * Mark - 2, 2 * Mark - 2));
        else
        {
            SKPoint[] corners = part == 2 ? [new(x, y - Mark - 1), new(x + Mark + 1, y), new(x, y + Mark + 1), new(x - Mark - 1, y)]
                : [new(x, y - Mark), new(x + Mark, y + Mark - 1), new(x - Mark, y + Mark - 1)];
            shape.AddPoly(corners);
        }
        canvas.DrawPath(shape, paint);
        canvas.DrawPath(shape, edge);
    }
}
