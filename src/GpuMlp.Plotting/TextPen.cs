using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>Writes text on a picture that is drawn by hand, in the pictures' font.</summary>
sealed class TextPen(SKCanvas canvas) : IDisposable
{
    readonly SKFont font = new(PlotFont.Typeface, 15) { Subpixel = true };
    readonly SKPaint paint = new() { IsAntialias = true };

    /// <summary>Black on white.</summary>
    public static uint Ink => Palette.Ink(PlotStyle.Plain);

    /// <summary>What is less important.</summary>
    public static uint Grey => 0xFF666666;

    /// <summary>Writes a line that starts, ends or is centred at a place on its base line.</summary>
    public void Write(string text, float x, float y, float size, uint colour, SKTextAlign align = SKTextAlign.Left)
    {
        font.Size = size;
        paint.Color = colour;
        canvas.DrawText(text, x, y, align, font, paint);
    }

    /// <summary>Writes a line that is cut with an ellipsis where it is longer than the space.</summary>
    public void WriteCut(string text, float x, float y, float size, uint colour, float space) =>
        Write(Cut(text, size, space), x, y, size, colour);

    /// <summary>The width of a text.</summary>
    public float Width(string text, float size)
    {
        font.Size = size;
        return font.MeasureText(text);
    }

    string Cut(string text, float size, float space) => Width(text, size) <= space ? text
        : text[..font.BreakText(text, Math.Max(0, space - font.MeasureText("…")))] + "…";

    /// <summary>Breaks a text into lines between words; a longer word is cut.</summary>
    public IReadOnlyList<string> Lines(string text, float size, float space)
    {
        var lines = new List<string>();
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = line.Length > 0 ? $"{line} {word}" : word;
            if (line.Length > 0 && Width(longer, size) > space)
            {
                lines.Add(line);
                line = word;
            }
            else line = longer;
        }
        lines.Add(line);
        return [.. lines.Select(one => Cut(one, size, space))];
    }

    /// <summary>Frees the font.</summary>
    public void Dispose()
    {
        font.Dispose();
        paint.Dispose();
    }
}
