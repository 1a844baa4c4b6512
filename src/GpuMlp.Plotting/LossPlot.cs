using GpuMlp.Grids;
using ScottPlot;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>The loss by step: a thin line through all values, a thick one for the running mean over a hundredth of the steps.</summary>
public static class LossPlot
{
    const int MeanPoints = 1000;

    /// <summary>Writes a PNG file, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="losses">One value per step, step 0 first; values that are not finite are left out.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style and size; null stands for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, float[] losses, string title, PlotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(losses);
        options ??= new PlotOptions();
        int window = Math.Max(1, losses.Length / 100);
        Coordinates[] mean = RunningMean(losses, window);
        using var figure = new Figure(options, Limits(losses, mean), ("step", "loss"), (plot, figure) =>
        {
            uint strong = options.Style == PlotStyle.Notebook ? Palette.Ink(options.Style) : Palette.Point(PlotStyle.Plain, 0, 2);
            uint pale = Palette.Mix(Palette.Face(options.Style), strong, window > 1 ? 0.35 : 1);
            AddRaw(plot, losses, Color.FromARGB(pale), figure.Scale);
            if (window > 1) AddMean(plot, mean, window, Color.FromARGB(strong), figure.Scale);
            if (mean.Length > 0) figure.ShowLegend(plot, Alignment.UpperRight);
        }, wholeX: true);
        using SKBitmap picture = figure.Draw(mean.Length > 0 ? title : $"{title} · no finite loss");
        PictureFile.WritePng(path, picture);
    }

    static void AddRaw(Plot plot, float[] losses, Color colour, float scale)
    {
        int first = Array.FindIndex(losses, float.IsFinite), last = Array.FindLastIndex(losses, float.IsFinite);
        if (first < 0) return;
        var finite = new double[last - first + 1];                          // a value that is not finite repeats the one before it
        for (int i = 0; i < finite.Length; i++) finite[i] = float.IsFinite(losses[first + i]) ? losses[first + i] : finite[i - 1];
        var line = plot.Add.Signal(finite, 1, colour);
        line.Data.XOffset = first;
        line.LineWidth = Math.Max(1, scale);
        if (finite.Length > 1) line.MarkerStyle = MarkerStyle.None;
        line.MaximumMarkerSize = 8 * scale;
        line.LegendText = "loss of a step";
    }

    static void AddMean(Plot plot, Coordinates[] mean, int window, Color colour, float scale)
    {
        var line = plot.Add.ScatterLine(mean, colour);
        line.LineWidth = 2.5f * scale;
        line.LegendText = $"mean of {window:N0} steps";
    }

    /// <summary>
    /// The mean of the finite losses in a window around each of at most a thousand steps; steps too near an end for a whole window are left
    /// out.
    /// </summary>
    internal static Coordinates[] RunningMean(float[] losses, int window)
    {
        var mean = new List<Coordinates>();
        int points = Math.Min(losses.Length, MeanPoints);
        for (int i = 0; i < points; i++)
        {
            int step = points == 1 ? 0 : (int)((long)i * (losses.Length - 1) / (points - 1));
            int start = step - window / 2, count = 0;
            if (start < 0 || start + window > losses.Length) continue;
            double sum = 0;
            foreach (float loss in losses.AsSpan(start, window))
                if (float.IsFinite(loss)) (sum, count) = (sum + loss, count + 1);
            if (count > 0) mean.Add(new Coordinates(step, sum / count));
        }
        return [.. mean];
    }

    /// <summary>All steps; losses from 0 (or the lowest) up to the mean and all but the largest hundredth of the values.</summary>
    static Window Limits(float[] losses, Coordinates[] mean)
    {
        float[] sorted = Array.FindAll(losses, float.IsFinite);
        Array.Sort(sorted);
        if (sorted.Length == 0) return new Window(0, Math.Max(1, losses.Length - 1), 0, 1);
        double top = Math.Max(sorted[(int)(0.99 * (sorted.Length - 1))], mean.Max(m => m.Y)), bottom = Math.Min(0, sorted[0]);
        double margin = losses.Length > 1 ? 0.02 * (losses.Length - 1) : 1;
        return new Window(-margin, losses.Length - 1 + margin, bottom * 1.05, top > bottom ? top + 0.08 * (top - bottom) : bottom + 1);
    }
}
