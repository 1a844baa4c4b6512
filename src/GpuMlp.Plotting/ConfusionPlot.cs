using System.Globalization;
using GpuMlp.Metrics;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>A confusion matrix: a row of cells per class, and in each cell how many of its rows were predicted as which class.</summary>
/// <remarks>A cell's blue says what share of its row it is; the numbers say the same to those who do not see the shade.</remarks>
public static class ConfusionPlot
{
    const int SmallestNumber = 8;

    /// <summary>Writes a PNG file, or an SVG where that is the path's ending, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="matrix">What was predicted as what.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style, size and the classes' names; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">Something but the options is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, ConfusionMatrix matrix, string title, PlotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(title);
        options ??= new PlotOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Width, PlotOptions.MinSize, "Width");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Height, PlotOptions.MinSize, "Height");
        PlotFont.Register();
        PictureFile.Save(path, options.Width, options.Height, canvas => new Sheet(canvas, matrix, options).Draw(title));
    }

    sealed class Sheet(SKCanvas canvas, ConfusionMatrix matrix, PlotOptions options)
    {
        readonly float scale = (float)Math.Clamp(Math.Sqrt(Math.Min(options.Width / 800.0, options.Height / 600.0)), 0.6, 3);
        readonly int classes = matrix.Classes;
        readonly SKColor ink = Palette.Ink(options.Style);

        float Text => 15 * scale;

        public void Draw(string title)
        {
            canvas.Clear(Palette.Face(options.Style));
            using var font = new SKFont(PlotFont.Typeface, Text) { Subpixel = true };
            float head = 34 * scale, gap = 6 * scale, axis = Text * 1.6f;
            float longest = Enumerable.Range(0, classes).Max(k => font.MeasureText(options.ClassName(k)));
            float names = Math.Min(longest, 0.22f * Math.Min(options.Width, options.Height)), below = Text * 1.4f;
            float left = axis + names + 2 * gap, room = Room(), cell = room / classes;
            bool upright = longest + gap > cell;                            // names below that do not fit their columns stand on end
            if (upright)
            {
                below = names + gap;
                room = Room();
                cell = room / classes;
            }
            left += (options.Width - left - 2 * gap - room) / 2;
            DrawCells(left, head, cell);
            font.Size = Math.Min(Text, Math.Max(cell * 0.9f, 5));
            DrawNames(font, left, head, cell, names, gap, upright);
            font.Size = Text;
            Write("predicted", font, left + room / 2, head + room + below + axis * 0.8f, SKTextAlign.Center);
            canvas.Save();
            canvas.RotateDegrees(-90, left - names - 2 * gap - axis * 0.3f, head + room / 2);
            Write("label", font, left - names - 2 * gap - axis * 0.3f, head + room / 2, SKTextAlign.Center);
            canvas.Restore();
            font.Size = 17 * scale;
            float space = options.Width - 12 * scale, wide = font.MeasureText(title);
            if (wide > space) font.Size = Math.Max(font.Size * 0.65f, font.Size * space / wide);
            Write(Fit(title, font, space), font, options.Width / 2f, head * 0.68f, SKTextAlign.Center);

            float Room() => Math.Min(options.Width - left - 2 * gap, options.Height - head - below - axis - gap);
        }

        void DrawCells(float left, float top, float cell)
        {
            using var font = new SKFont(PlotFont.Typeface, Text) { Subpixel = true };
            string widest = Number(Enumerable.Range(0, classes * classes).Max(k => matrix[k / classes, k % classes]));
            font.Size = Math.Min(Text * 1.2f, Math.Min(cell * 0.55f, Text * 0.85f * cell / font.MeasureText(widest)));
            using var paint = new SKPaint();
            uint grey = Palette.Mix(Palette.Face(options.Style), Palette.Ink(options.Style), 0.25);
            using var line = new SKPaint { Color = grey, IsStroke = true };
            for (int label = 0; label < classes; label++)
            {
                long rows = matrix.Of(label).Rows;
                for (int predicted = 0; predicted < classes; predicted++)
                {
                    double share = rows == 0 ? 0 : (double)matrix[label, predicted] / rows;
                    var place = SKRect.Create(left + predicted * cell, top + label * cell, cell, cell);
                    paint.Color = Palette.Blues(share);
                    canvas.DrawRect(place, paint);
                    if (cell >= 6) canvas.DrawRect(place, line);
                    if (font.Size < SmallestNumber || (matrix[label, predicted] == 0 && classes > 10)) continue;
                    paint.Color = share > 0.55 ? SKColors.White : new SKColor(0xFF222222);
                    string number = Number(matrix[label, predicted]);
                    canvas.DrawText(number, place.MidX, place.MidY + font.Size * 0.36f, SKTextAlign.Center, font, paint);
                }
            }
        }

        // where cells are smaller than letters, some names are left out
        void DrawNames(SKFont font, float left, float top, float cell, float space, float gap, bool upright)
        {
            int every = Math.Max(1, (int)Math.Ceiling(font.Size / cell));
            for (int k = 0; k < classes; k += every)
            {
                string name = Fit(options.ClassName(k), font, space);
                Write(name, font, left - gap, top + (k + 0.5f) * cell + font.Size * 0.36f, SKTextAlign.Right);
                float x = left + (k + 0.5f) * cell, y = top + classes * cell;
                if (!upright) Write(name, font, x, y + font.Size * 1.2f, SKTextAlign.Center);
                else
                {
                    canvas.Save();
                    canvas.RotateDegrees(-90, x, y + gap);
                    Write(name, font, x, y + gap + font.Size * 0.36f, SKTextAlign.Right);
                    canvas.Restore();
                }
            }
        }

        void Write(string text, SKFont font, float x, float y, SKTextAlign align)
        {
            using var paint = new SKPaint { Color = ink, IsAntialias = true };
            canvas.DrawText(text, x, y, align, font, paint);
        }

        static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

        static string Fit(string text, SKFont font, float space) => font.MeasureText(text) <= space ? text
            : text[..font.BreakText(text, Math.Max(0, space - font.MeasureText("…")))] + "…";
    }
}
