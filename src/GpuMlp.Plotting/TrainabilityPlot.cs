using GpuMlp.Grids;
using ScottPlot;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>
/// A map of trainings: each pixel is coloured by how fast its training converged (value below 0) or diverged (above 0).
/// </summary>
/// <remarks>
/// Each side has its ramp, from dark (fast) to bright (slow, near the boundary), and is coloured by rank, so that each shade covers as much
/// of the picture as any other.
/// </remarks>
static class TrainabilityPlot
{
    const int LeastArea = 480, MostTries = 4, Shades = 80, Margin = 120, Right = 132;

    static readonly uint[] converged = [0xFF071A3D, 0xFF0B3C74, 0xFF1C6EA4, 0xFF45A5C4, 0xFF9AD8D0, 0xFFEAF8E6];
    static readonly uint[] diverged = [0xFF2B0410, 0xFF6E0F1F, 0xFFB5282C, 0xFFE5633B, 0xFFF9AE5C, 0xFFFFEDB0];

    /// <summary>Writes a PNG file, whole or not at all. A value takes a whole number of pixels.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="values">float[height · width], row 0 at the bottom.</param>
    /// <param name="width">Values from left to right.</param>
    /// <param name="height">Values from the bottom to the top.</param>
    /// <param name="x">The axis from left to right.</param>
    /// <param name="y">The axis from the bottom to the top.</param>
    /// <param name="title">One line over the picture.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, float[] values, int width, int height, MapScale x, MapScale y, string title)
    {
        (int areaWidth, int areaHeight) = (Multiple(width), Multiple(height));
        using Figure figure = Fit(areaWidth, areaHeight, x, y);
        float[] fast = Ranked(values, value => value < 0), far = Ranked(values, value => value > 0);
        SKRectI area = figure.DataArea;
        using SKBitmap picture = figure.Draw(title, (pixels, stride) =>
        {
            for (int row = 0; row < area.Height; row++)
            {
                int from = (int)((long)(area.Height - 1 - row) * height / area.Height) * width;
                for (int column = 0; column < area.Width; column++)
                {
                    float value = values[from + (int)((long)column * width / area.Width)];
                    pixels[row * stride + column] = value < 0 ? Ramp(converged, Rank(fast, -value)) : Ramp(diverged, Rank(far, value));
                }
            }
        });
        using (var canvas = new SKCanvas(picture)) DrawLegend(canvas, figure, (double)fast.Length / values.Length);
        PictureFile.WritePng(path, picture);
    }

    static int Multiple(int count) => count * Math.Max(1, (LeastArea + count - 1) / count);

    // the room that the axes' texts take is known only once a figure is laid out
    static Figure Fit(int areaWidth, int areaHeight, MapScale x, MapScale y)
    {
        (int width, int height) = (areaWidth + Margin + Right, areaHeight + Margin);
        for (int tries = 1; ; tries++)
        {
            var figure = new Figure(new PlotOptions { Width = width, Height = height }, new Window(0, 1, 0, 1), (x.Label, y.Label),
                (_, _) => { }, ticks: plot =>
                {
                    plot.Axes.Bottom.TickGenerator = x.Ticks(Math.Max(2, areaWidth / 160));
                    plot.Axes.Left.TickGenerator = y.Ticks(Math.Max(2, areaHeight / 80));
                }, right: Right);
            (int moreWidth, int moreHeight) = (areaWidth - figure.DataArea.Width, areaHeight - figure.DataArea.Height);
            if ((moreWidth, moreHeight) == (0, 0) || tries == MostTries) return figure;
            figure.Dispose();
            (width, height) = (width + moreWidth, height + moreHeight);
        }
    }

    static float[] Ranked(float[] values, Predicate<float> isOfSide)
    {
        float[] side = Array.FindAll(values, isOfSide);
        for (int k = 0; k < side.Length; k++) side[k] = Math.Abs(side[k]);
        Array.Sort(side);
        return side;
    }

    // equal values have the same rank, in the middle of them
    static double Rank(float[] sorted, float value)
    {
        int low = Bound(sorted, value, false), high = Bound(sorted, value, true);
        return sorted.Length == 1 ? 0.5 : Math.Clamp((low + high - 1) / 2.0 / (sorted.Length - 1), 0, 1);
    }

    // how many are smaller, or not larger
    static int Bound(float[] sorted, float value, bool orEqual)
    {
        (int low, int high) = (0, sorted.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (orEqual ? sorted[middle] <= value : sorted[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    static uint Ramp(uint[] anchors, double share)
    {
        double at = Math.Round(share * Shades) / Shades * (anchors.Length - 1);
        int i = Math.Min((int)at, anchors.Length - 2);
        return Palette.Mix(anchors[i], anchors[i + 1], at - i);
    }

    // the ramps end to end: diverged above, converged below, the slow ends, which the boundary has, in the middle
    static void DrawLegend(SKCanvas canvas, Figure figure, double share)
    {
        SKRectI area = figure.DataArea;
        float left = area.Right + 16 * figure.Scale, wide = 14 * figure.Scale, middle = (area.Top + area.Bottom) / 2f;
        float half = Math.Min(area.Height / 2f, 220 * figure.Scale), gap = 2 * figure.Scale;
        using var paint = new SKPaint();
        for (float y = 0; y < half - gap; y++)
        {
            double fast = y / Math.Max(1, half - gap - 1);
            paint.Color = Ramp(diverged, 1 - fast);
            canvas.DrawRect(left, middle - gap - y - 1, wide, 1, paint);
            paint.Color = Ramp(converged, 1 - fast);
            canvas.DrawRect(left, middle + gap + y, wide, 1, paint);
        }
        using var font = new SKFont(PlotFont.Typeface, figure.FontSize * 0.87f) { Subpixel = true };
        paint.Color = Palette.Ink(PlotStyle.Plain);
        paint.IsAntialias = true;
        float text = left + wide + 6 * figure.Scale, up = font.Size * 0.35f;
        void Say(string what, float y) => canvas.DrawText(what, text, y + up, font, paint);
        Say("fast", middle - half + font.Size * 0.6f);
        Say("diverged", middle - half / 2 - font.Size * 0.65f);
        Say(Percent(1 - share), middle - half / 2 + font.Size * 0.65f);
        Say("slow", middle - font.Size * 0.9f);
        Say("slow", middle + font.Size * 0.9f);
        Say("converged", middle + half / 2 - font.Size * 0.65f);
        Say(Percent(share), middle + half / 2 + font.Size * 0.65f);
        Say("fast", middle + half - font.Size * 0.6f);
    }

    static string Percent(double share) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * share:0.#} %");
}
