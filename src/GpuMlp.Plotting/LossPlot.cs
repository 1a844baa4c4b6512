using GpuMlp.Grids;
using GpuMlp.Training;
using ScottPlot;

namespace GpuMlp.Plotting;

/// <summary>
/// The loss by step: a thin line through all values, a thick one for the running mean over a hundredth of the steps, and the validation
/// loss if there is one. The axis is logarithmic where the means go through more than a decade.
/// </summary>
public static class LossPlot
{
    const int MeanPoints = 1000, MostMarkers = 60;
    const double LogFrom = 10;

    /// <summary>Writes a PNG file, or an SVG where that is the path's ending, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="losses">One value per step, step 0 first; values that are not finite are left out.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style and size; null stands for the defaults.</param>
    /// <param name="validation">Losses on rows that are not trained on; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        string path, float[] losses, string title, PlotOptions? options = null, IReadOnlyList<ValidationLoss>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(losses);
        options ??= new PlotOptions();
        int window = Math.Max(1, losses.Length / 100);
        Coordinates[] mean = RunningMean(losses, window);
        Coordinates[] looks =
            [.. (validation ?? []).Where(look => double.IsFinite(look.Loss)).Select(look => new Coordinates(look.Steps, look.Loss))];
        bool isLog = IsLog([.. mean, .. looks]);
        Window limits = isLog ? LogLimits(losses.Length, [.. mean, .. looks]) : Limits(losses, [.. mean, .. looks]);
        double least = isLog ? Math.Pow(10, limits.Y0 - 1) : 0;
        double OnAxis(double loss) => isLog ? Math.Log10(Math.Max(loss, least)) : loss;
        using var figure = new Figure(options, limits, ("step", "loss"), (plot, figure) =>
        {
            uint strong = options.Style == PlotStyle.Notebook ? Palette.Ink(options.Style) : Palette.Point(PlotStyle.Plain, 0, 2);
            uint pale = Palette.Mix(Palette.Face(options.Style), strong, window > 1 ? 0.35 : 1);
            AddRaw(plot, losses, Color.FromARGB(pale), figure.Scale, OnAxis);
            Coordinates[] Placed(Coordinates[] points) => [.. points.Select(point => new Coordinates(point.X, OnAxis(point.Y)))];
            if (window > 1) AddMean(plot, Placed(mean), window, Color.FromARGB(strong), figure.Scale);
            if (looks.Length > 0) AddLooks(plot, Placed(looks), figure.Scale);
            if (mean.Length > 0) figure.ShowLegend(plot, Alignment.UpperRight);
        }, wholeX: true, logY: isLog);
        figure.Save(path, mean.Length > 0 ? title : $"{title} · no finite loss");
    }

    static void AddRaw(Plot plot, float[] losses, Color colour, float scale, Func<double, double> onAxis)
    {
        int first = Array.FindIndex(losses, float.IsFinite), last = Array.FindLastIndex(losses, float.IsFinite);
        if (first < 0) return;
        var finite = new double[last - first + 1];                          // a value that is not finite repeats the one before it
        for (int i = 0; i < finite.Length; i++) finite[i] = float.IsFinite(losses[first + i]) ? onAxis(losses[first + i]) : finite[i - 1];
        var line = plot.Add.Signal(finite, 1, colour);
        line.Data.XOffset = first;
        line.LineWidth = Math.Max(1, scale);
        if (finite.Length > 1) line.MarkerStyle = MarkerStyle.None;
        line.MaximumMarkerSize = 8 * scale;
        line.LegendText = "training, loss of a step";
    }

    static void AddMean(Plot plot, Coordinates[] mean, int window, Color colour, float scale)
    {
        var line = plot.Add.ScatterLine(mean, colour);
        line.LineWidth = 2.5f * scale;
        line.LegendText = $"training, mean of {window:N0} steps";
    }

    // another hue, and dots, for those who do not see the hue
    static void AddLooks(Plot plot, Coordinates[] looks, float scale)
    {
        var line = plot.Add.Scatter(looks, Color.FromARGB(Palette.Hue(1)));
        line.LineWidth = 2 * scale;
        line.MarkerSize = looks.Length <= MostMarkers ? 6 * scale : 0;
        line.LegendText = "validation";
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

    // whether the curves fall, or rise, through more than a decade
    static bool IsLog(Coordinates[] curves) => curves.Length > 1 && curves.Min(c => c.Y) > 0
        && curves.Max(c => c.Y) / curves.Min(c => c.Y) > LogFrom;

    static Window LogLimits(int steps, Coordinates[] curves)
    {
        double bottom = Math.Log10(curves.Min(c => c.Y)), top = Math.Log10(curves.Max(c => c.Y));
        double margin = 0.02 * Math.Max(1, steps - 1);
        return new Window(-margin, steps - 1 + margin, bottom - 0.25 * (top - bottom), top + 0.25 * (top - bottom));
    }

    /// <summary>All steps; losses from 0 (or the lowest) up to the curves and all but the largest hundredth of the values.</summary>
    static Window Limits(float[] losses, Coordinates[] curves)
    {
        float[] sorted = Array.FindAll(losses, float.IsFinite);
        Array.Sort(sorted);
        if (sorted.Length == 0) return new Window(0, Math.Max(1, losses.Length - 1), 0, 1);
        double top = Math.Max(sorted[(int)(0.99 * (sorted.Length - 1))], curves.Max(m => m.Y)), bottom = Math.Min(0, sorted[0]);
        double margin = losses.Length > 1 ? 0.02 * (losses.Length - 1) : 1;
        return new Window(-margin, losses.Length - 1 + margin, bottom * 1.05, top > bottom ? top + 0.08 * (top - bottom) : bottom + 1);
    }
}
