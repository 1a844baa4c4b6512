using GpuMlp.Grids;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>One small picture of a mosaic.</summary>
/// <param name="Predictions">float[Height · Width] of the grid, probabilities of class 1, or class numbers where there are more than two; null where there is nothing to show, which is drawn grey.</param>
/// <param name="Label">What stands under it; cut with an ellipsis where it is too long.</param>
/// <param name="Outcome">What stands under the label.</param>
/// <param name="Highlighted">Whether it has a frame.</param>
/// <param name="Classes">How many classes there are.</param>
public sealed record MosaicTile(float[]? Predictions, string Label, string Outcome, bool Highlighted = false, int Classes = 2);

/// <summary>Decision boundaries of many networks as small pictures side by side.</summary>
public static class MosaicPlot
{
    const int SheetWidth = 1600, Gap = 6, TitleHeight = 34, WidestTile = 320, NarrowestTile = 64;

    /// <summary>Writes a PNG file, whole or not at all.</summary>
    /// <param name="path">Where.</param>
    /// <param name="grid">Where the predictions are; its window is what every tile shows.</param>
    /// <param name="tiles">The pictures, row after row.</param>
    /// <param name="columns">How many stand in a row.</param>
    /// <param name="title">The line above them.</param>
    /// <param name="style">The colours.</param>
    /// <exception cref="ArgumentException">No tile, or predictions that are not as many as the grid has points.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one column.</exception>
    public static void Save(string path, GridSpec grid, IReadOnlyList<MosaicTile> tiles, int columns, string title, PlotStyle style = PlotStyle.Plain)
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
            throw new ArgumentException($"{wrong.Predictions!.Length} predictions for a grid of {grid.Width} × {grid.Height}; {needed} are needed", nameof(tiles));

        int width = Math.Clamp((SheetWidth - Gap) / columns - Gap, NarrowestTile, WidestTile), height = width * 3 / 4;
        float textSize = Math.Clamp(width / 9f, 9, 14);
        int labelHeight = (int)(textSize * 2.8f), rows = (tiles.Count + columns - 1) / columns;
        var sheet = new SKImageInfo(Gap + columns * (width + Gap), TitleHeight + rows * (height + labelHeight) + Gap, SKColorType.Bgra8888, SKAlphaType.Opaque);
        var picture = new SKBitmap(sheet);
        using var canvas = new SKCanvas(picture);
        canvas.Clear(Palette.Face(style));
        using var ink = new SKPaint { Color = Palette.Ink(style), IsAntialias = true };
        using (var font = new SKFont(PlotFont.Typeface, 17) { Subpixel = true })
            canvas.DrawText(Fit(title, font, sheet.Width - 2 * Gap), Gap, TitleHeight * 0.68f, font, ink);

        var places = tiles.Select((_, k) => new SKPointI(Gap + k % columns * (width + Gap), TitleHeight + k / columns * (height + labelHeight))).ToArray();
        var painters = tiles.Select(tile => tile.Classes).Distinct().ToDictionary(
            classes => classes, classes => new RegionPainter(grid, grid.Window, width, height, style, classes, Math.Clamp(width / 100f, 1, 2)));
        Parallel.For(0, tiles.Count, k => Paint(painters[tiles[k].Classes], tiles[k], picture, places[k], width, height));
        using var labels = new SKFont(PlotFont.Typeface, textSize) { Subpixel = true };
        using var frame = new SKPaint { Color = Palette.Ink(style), IsStroke = true, StrokeWidth = 3 };
        for (int k = 0; k < tiles.Count; k++)
        {
            (int x, int y) = (places[k].X, places[k].Y);
            if (tiles[k].Highlighted) canvas.DrawRect(x - 1.5f, y - 1.5f, width + 3, height + 3, frame);
            canvas.DrawText(Fit(tiles[k].Label, labels, width), x, y + height + textSize * 1.1f, labels, ink);
            canvas.DrawText(Fit(tiles[k].Outcome, labels, width), x, y + height + textSize * 2.2f, labels, ink);
        }
        return picture;
    }

    static unsafe void Paint(RegionPainter painter, MosaicTile tile, SKBitmap picture, SKPointI place, int width, int height)
    {
        Span<uint> pixels = new Span<uint>((void*)picture.GetPixels(), picture.Width * picture.Height)[(place.Y * picture.Width + place.X)..];
        if (tile.Predictions is not null) painter.Paint(tile.Predictions, pixels, picture.Width);
        else
            for (int row = 0; row < height; row++) pixels.Slice(row * picture.Width, width).Fill(Palette.Missing);
    }

    static string Fit(string text, SKFont font, float room) =>
        font.MeasureText(text) <= room ? text : text[..font.BreakText(text, Math.Max(0, room - font.MeasureText("…")))] + "…";
}
