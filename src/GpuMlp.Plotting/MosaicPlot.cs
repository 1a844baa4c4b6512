using GpuMlp.Grids;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>One small picture of a mosaic.</summary>
/// <param name="Predictions">
/// float[Height · Width] of the grid: probabilities of class 1, or class indices where there are more than two classes. Null draws the
/// tile grey.
/// </param>
/// <param name="Label">
/// What stands under the picture: one line, or up to three where it is too long, broken at " · " and cut with an ellipsis.
/// </param>
/// <param name="Outcome">The line under the label.</param>
/// <param name="Highlighted">Whether the picture has a frame.</param>
/// <param name="Classes">The number of classes.</param>
public sealed record MosaicTile(float[]? Predictions, string Label, string Outcome, bool Highlighted = false, int Classes = 2);

/// <summary>Decision boundaries of many networks as small pictures side by side.</summary>
public static class MosaicPlot
{
    const int SheetWidth = 1600, Gap = 6, TitleHeight = 34, WidestTile = 320, NarrowestTile = 64, MostLines = 3;

    const float LineHeight = 1.1f;                                 // in sizes of the type

    const string Between = " · ";

    /// <summary>Writes a PNG file, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="grid">The grid of the predictions; every tile shows its window.</param>
    /// <param name="tiles">The pictures, row after row.</param>
    /// <param name="columns">How many pictures a row has.</param>
    /// <param name="title">The line above the pictures.</param>
    /// <param name="style">The colours.</param>
    /// <exception cref="ArgumentException">
    /// There is no tile, or the number of predictions of a tile is not the number of points of the grid.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one column.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        string path, GridSpec grid, IReadOnlyList<MosaicTile> tiles, int columns, string title, PlotStyle style = PlotStyle.Plain)
    {
        using SKBitmap picture = Draw(grid, tiles, columns, title, style);
        PictureFile.WritePng(path, picture);
    }

    internal static SKBitmap Draw(GridSpec grid, IReadOnlyList<MosaicTile> tiles, int columns, string title, PlotStyle style)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(tiles);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (tiles.Contains(null!)) throw new ArgumentException("a tile is null", nameof(tiles));
        if (tiles.Count == 0) throw new ArgumentException("a mosaic has at least one tile", nameof(tiles));
        int needed = grid.Width * grid.Height;
        if (tiles.FirstOrDefault(t => t.Predictions is not null && t.Predictions.Length != needed) is MosaicTile wrong)
        {
            throw new ArgumentException(
                $"{wrong.Predictions!.Length} predictions for a grid of {grid.Width} × {grid.Height}; {needed} are needed", nameof(tiles));
        }

        int width = Math.Clamp((SheetWidth - Gap) / columns - Gap, NarrowestTile, WidestTile), height = width * 3 / 4;
        float textSize = Math.Clamp(width / 9f, 9, 14);
        using var labels = new SKFont(PlotFont.Typeface, textSize) { Subpixel = true };
        List<string>[] lines = [.. tiles.Select(tile => Lines(tile.Label, labels, width))];
        int most = lines.Max(label => label.Count);
        int labelHeight = (int)(textSize * (1.7f + LineHeight * most)), rows = (tiles.Count + columns - 1) / columns;
        int sheetWidth = Gap + columns * (width + Gap), sheetHeight = TitleHeight + rows * (height + labelHeight) + Gap;
        var sheet = new SKImageInfo(sheetWidth, sheetHeight, SKColorType.Bgra8888, SKAlphaType.Opaque);
        var picture = new SKBitmap(sheet);
        using var canvas = new SKCanvas(picture);
        canvas.Clear(Palette.Face(style));
        using var ink = new SKPaint { Color = Palette.Ink(style), IsAntialias = true };
        using (var font = new SKFont(PlotFont.Typeface, 17) { Subpixel = true })
            canvas.DrawText(Fit(title, font, sheet.Width - 2 * Gap), Gap, TitleHeight * 0.68f, font, ink);

        SKPointI Place(int k) => new(Gap + k % columns * (width + Gap), TitleHeight + k / columns * (height + labelHeight));
        float lineWidth = Math.Clamp(width / 100f, 1, 2);
        var painters = tiles.Select(tile => tile.Classes).Distinct().ToDictionary(
            classes => classes,
            classes => new RegionPainter(grid, grid.Window, width, height, style, classes, lineWidth));
        Parallel.For(0, tiles.Count, k => Paint(painters[tiles[k].Classes], tiles[k], picture, Place(k), width, height));
        using var frame = new SKPaint { Color = Palette.Ink(style), IsStroke = true, StrokeWidth = 3 };
        for (int k = 0; k < tiles.Count; k++)
        {
            (int x, int y) = (Place(k).X, Place(k).Y);
            if (tiles[k].Highlighted) canvas.DrawRect(x - 1.5f, y - 1.5f, width + 3, height + 3, frame);
            float line = y + height;
            foreach (string text in lines[k].Append(tiles[k].Outcome))
                canvas.DrawText(Fit(text, labels, width), x, line += textSize * LineHeight, labels, ink);
        }
        return picture;
    }

    static unsafe void Paint(RegionPainter painter, MosaicTile tile, SKBitmap picture, SKPointI place, int width, int height)
    {
        var all = new Span<uint>((void*)picture.GetPixels(), picture.Width * picture.Height);
        Span<uint> pixels = all[(place.Y * picture.Width + place.X)..];
        if (tile.Predictions is not null) painter.Paint(tile.Predictions, pixels, picture.Width);
        else
            for (int row = 0; row < height; row++) pixels.Slice(row * picture.Width, width).Fill(Palette.Missing);
    }

    // the last line holds what is left, however long it is
    internal static List<string> Lines(string label, SKFont font, float space)
    {
        ArgumentNullException.ThrowIfNull(label);
        var lines = new List<string>();
        foreach (string part in label.Split(Between))
        {
            bool joins = lines.Count == MostLines || (lines.Count > 0 && font.MeasureText(lines[^1] + Between + part) <= space);
            if (joins) lines[^1] += Between + part;
            else lines.Add(part);
        }
        return lines;
    }

    static string Fit(string text, SKFont font, float space) =>
        font.MeasureText(text) <= space ? text : text[..font.BreakText(text, Math.Max(0, space - font.MeasureText("…")))] + "…";
}
