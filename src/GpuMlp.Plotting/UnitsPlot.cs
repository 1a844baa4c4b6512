using System.Globalization;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>The functions of a hidden layer's units.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Units">Of each unit its values, row 0 at the smallest y; over one feature a single row.</param>
sealed record UnitLayer(string Name, IReadOnlyList<float[]> Units)
{
    /// <summary>How many units the layer has, where not all of them are given.</summary>
    public int Count { get; init; } = Units.Count;
}

/// <summary>The function of every hidden unit over the plane, as a small tile per unit, layer after layer.</summary>
/// <remarks>All tiles of a layer share one scale of colours: units that say little are pale, and those that say nothing white.</remarks>
static class UnitsPlot
{
    /// <summary>The most tiles per layer: more would be a picture that nobody looks through.</summary>
    public const int MostUnits = 256;

    const int SheetWidth = 1240, Margin = 28, TitleHeight = 60, HeadHeight = 34, LabelHeight = 20, Gap = 10;
    const int TileWidth = 108, TileHeight = 81;
    const int Columns = (SheetWidth - 2 * Margin + Gap) / (TileWidth + Gap), ScaleWidth = 160;

    /// <summary>Writes a PNG file, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="width">Columns of a tile's values.</param>
    /// <param name="height">Rows of a tile's values; 1 draws curves.</param>
    /// <param name="layers">The hidden layers.</param>
    /// <param name="title">The line over the picture.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, int width, int height, IReadOnlyList<UnitLayer> layers, string title)
    {
        using SKBitmap picture = Draw(width, height, layers, title);
        PictureFile.WritePng(path, picture);
    }

    internal static SKBitmap Draw(int width, int height, IReadOnlyList<UnitLayer> layers, string title)
    {
        PlotFont.Register();
        int rows = layers.Sum(layer => Rows(layer));
        int tall = TitleHeight + layers.Count * (HeadHeight + Gap) + rows * (TileHeight + LabelHeight) + Margin;
        var picture = new SKBitmap(new SKImageInfo(SheetWidth, tall, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(picture);
        canvas.Clear(SKColors.White);
        using var pen = new TextPen(canvas);
        pen.WriteCut(title, Margin, 38, 21, TextPen.Ink, SheetWidth - 2 * Margin);
        float top = TitleHeight;
        foreach (UnitLayer layer in layers)
        {
            double largest = Largest(layer);
            string more = layer.Count > MostUnits ? FormattableString.Invariant($", the first {MostUnits} of {layer.Count:N0}") : "";
            pen.WriteCut(layer.Name + more, Margin, top + 20, 16, TextPen.Ink, SheetWidth - 2 * Margin - 2 * ScaleWidth);
            DrawScale(canvas, pen, top + 8, largest);
            top += HeadHeight;
            for (int k = 0; k < Math.Min(MostUnits, layer.Units.Count); k++)
            {
                float x = Margin + k % Columns * (TileWidth + Gap), y = top + k / Columns * (TileHeight + LabelHeight);
                DrawUnit(canvas, pen, layer.Units[k], k, SKRect.Create(x, y, TileWidth, TileHeight), width, height, largest);
            }
            top += Rows(layer) * (TileHeight + LabelHeight) + Gap;
        }
        return picture;
    }

    static int Rows(UnitLayer layer) => (Math.Min(MostUnits, layer.Units.Count) + Columns - 1) / Columns;

    static double Largest(UnitLayer layer)
    {
        double largest = 0;
        foreach (float value in layer.Units.SelectMany(unit => unit))
            if (float.IsFinite(value)) largest = Math.Max(largest, Math.Abs(value));
        return largest > 0 ? largest : 1;
    }

    static void DrawScale(SKCanvas canvas, TextPen pen, float top, double largest)
    {
        const int High = 12;
        string most = largest.ToString("G3", CultureInfo.InvariantCulture);
        float right = SheetWidth - Margin - pen.Width(most, 12) - 6, left = right - ScaleWidth;
        using var paint = new SKPaint();
        for (int x = 0; x < ScaleWidth; x++)
        {
            paint.Color = Palette.Diverging(2.0 * x / (ScaleWidth - 1) - 1);
            canvas.DrawRect(left + x, top, 1, High, paint);
        }
        paint.Color = 0xFFBBBBBB;
        paint.IsStroke = true;
        canvas.DrawRect(left, top, ScaleWidth, High, paint);
        pen.Write($"−{most}", left - 6, top + High - 1.5f, 12, TextPen.Grey, SKTextAlign.Right);
        pen.Write(most, right + 6, top + High - 1.5f, 12, TextPen.Grey);
        pen.Write("0", left + ScaleWidth / 2f, top + 2 * High + 0.5f, 12, TextPen.Grey, SKTextAlign.Center);
    }

    static void DrawUnit(SKCanvas canvas, TextPen pen, float[] values, int unit, SKRect place, int width, int height, double largest)
    {
        if (height > 1) DrawTile(canvas, values, place, width, height, largest);
        else DrawCurve(canvas, values, place, largest);
        using var frame = new SKPaint { Color = 0xFFBBBBBB, IsStroke = true };
        canvas.DrawRect(place, frame);
        bool isConstant = Array.TrueForAll(values, value => value == values[0]);
        string label = FormattableString.Invariant($"{unit + 1}{(isConstant ? values[0] == 0 ? " · always 0" : " · constant" : "")}");
        pen.Write(label, place.Left, place.Bottom + 14, 12, TextPen.Grey);
    }

    static void DrawTile(SKCanvas canvas, float[] values, SKRect place, int width, int height, double largest)
    {
        using var tile = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                float value = values[(height - 1 - y) * width + x];
                tile.SetPixel(x, y, float.IsNaN(value) ? Palette.Missing : Palette.Diverging(value / largest));
            }
        using SKImage image = SKImage.FromBitmap(tile);
        canvas.DrawImage(image, place, new SKSamplingOptions(SKFilterMode.Linear));
    }

    static void DrawCurve(SKCanvas canvas, float[] values, SKRect place, double largest)
    {
        using var zero = new SKPaint { Color = 0xFFCCCCCC };
        canvas.DrawLine(place.Left, place.MidY, place.Right, place.MidY, zero);
        using var line = new SKPaint { Color = Palette.Hue(0), IsStroke = true, StrokeWidth = 2, IsAntialias = true };
        using var path = new SKPath();
        path.AddPoly([.. values.Select((value, x) => new SKPoint(place.Left + place.Width * x / (values.Length - 1),
            place.MidY - (float)(value / largest) * (place.Height / 2 - 2)))], close: false);
        canvas.DrawPath(path, line);
    }
}
