using GpuMlp.Data;
using GpuMlp.Grids;
using ScottPlot;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>The data points, one series of markers per class, and their legend.</summary>
sealed class PointLayer
{
    const int MostDrawn = 20_000, MostInLegend = 10;
    readonly PlotOptions options;
    readonly List<Coordinates>[] series;

    /// <summary>The points of float32 inputs.</summary>
    /// <param name="inputs">(n,2), row-major.</param>
    /// <param name="labels">(n): class indices 0, 1, …</param>
    /// <param name="options">Style and names.</param>
    /// <exception cref="ArgumentException">The lengths do not match, or a label is not a class index.</exception>
    public static PointLayer Of(float[] inputs, float[] labels, PlotOptions options)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        return inputs.Length == 2 * labels.Length
            ? new PointLayer(i => new Coordinates(inputs[2 * i], inputs[2 * i + 1]), labels, options)
            : throw new ArgumentException(
                $"inputs hold {inputs.Length} numbers for {labels.Length} labels; two per label are needed.", nameof(inputs));
    }

    /// <summary>The points of a data set, in float64 where the data set keeps that.</summary>
    /// <exception cref="ArgumentException">The data does not have two features, or a label is not a class index.</exception>
    public static PointLayer Of(DataSet data, PlotOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Features == 2 ? new PointLayer(i => new Coordinates(data.Value(i, 0), data.Value(i, 1)), data.Labels, options)
            : throw new ArgumentException($"'{data.Name}' has {data.Features} features; a picture of points needs 2.", nameof(data));
    }

    // Sorts the points into classes. More than 20,000 points are thinned evenly; points that are not finite are left out.
    PointLayer(Func<int, Coordinates> at, float[] labels, PlotOptions options)
    {
        this.options = options;
        int classes = 2;
        for (int i = 0; i < labels.Length; i++)
        {
            if (!(labels[i] >= 0 && labels[i] < 10_000 && labels[i] == (int)labels[i]))
                throw new ArgumentException($"labels[{i}] is {labels[i]}; a class index 0, 1, 2, … is needed.", nameof(labels));
            classes = Math.Max(classes, (int)labels[i] + 1);
        }
        series = [.. Enumerable.Range(0, classes).Select(_ => new List<Coordinates>())];
        int every = (labels.Length + MostDrawn - 1) / MostDrawn;
        for (int i = 0; i < labels.Length; i += every)
            if (at(i) is { AreReal: true } point) series[(int)labels[i]].Add(point);
    }

    /// <summary>The number of classes: two at least.</summary>
    public int Classes => series.Length;

    // the shapes of classes 0 to 7, 8 to 15, …, which have the same hues
    static readonly MarkerShape[] shapes =
        [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond];

    bool HasLegend => options.Style != PlotStyle.Notebook && Classes <= MostInLegend;

    /// <summary>The room beside a picture of that view for its legend; 0 where the legend covers no point in a corner.</summary>
    public float RoomAtRight(Window view)
    {
        if (!HasLegend) return 0;
        (double wide, double high) = LegendShare();
        if (Covered(view, EmptiestCorner(view, wide, high), wide, high) == 0) return 0;
        return 48 + Names().Max(name => Figure.TextWidth(name));
    }

    IEnumerable<string> Names() => Enumerable.Range(0, Classes).Select(options.ClassName);

    // the shares of the data area that the legend takes, in a picture of 800×600 and the same in others
    (double Wide, double High) LegendShare() =>
        ((52 + Names().Max(name => Figure.TextWidth(name))) / 720, (20 + 22.0 * Classes) / 520);

    /// <summary>Adds the markers and, in the plain style, what tells the classes: a legend, or for many classes their names.</summary>
    public void AddTo(Plot plot, Figure figure)
    {
        bool notebook = options.Style == PlotStyle.Notebook;
        float size = notebook ? 2.2f * figure.Scale : (series.Sum(s => s.Count) > 5000 ? 4 : 5.4f) * figure.Scale;
        for (int k = 0; k < Classes; k++)
        {
            Coordinates[] places = [.. series[k].Select(p => new Coordinates(figure.X.ToPlot(p.X), figure.Y.ToPlot(p.Y)))];
            Color colour = Color.FromARGB(Palette.Point(options.Style, k, Classes));
            MarkerShape shape = shapes[k / Palette.Hues % shapes.Length];
            var markers = plot.Add.Markers(places, notebook ? MarkerShape.FilledCircle : shape, size, colour);
            if (HasLegend && !figure.HasRoom) markers.LegendText = options.ClassName(k);
            if (notebook) continue;
            markers.MarkerStyle.OutlineColor = Colors.White.WithAlpha(.8);
            markers.MarkerStyle.OutlineWidth = 0.8f * figure.Scale;
        }
        if (notebook) return;
        if (!HasLegend) AddNames(plot, figure);
        else if (figure.HasRoom)
            figure.AtRight = [.. Names().Select((name, k) => (Palette.Point(options.Style, k, Classes), name, k >= Palette.Hues))];
        else
        {
            (double wide, double high) = LegendShare();
            figure.ShowLegend(plot, EmptiestCorner(figure.View, wide, high).Place);
        }
    }

    // each class's name over the middle of its points
    void AddNames(Plot plot, Figure figure)
    {
        var taken = new List<SKRect>();
        for (int k = 0; k < Classes; k++)
        {
            if (series[k].Count == 0) continue;
            double x = Median(series[k].Select(p => p.X)), y = Median(series[k].Select(p => p.Y));
            (float right, float down) = FreePlace(figure, options.ClassName(k), x, y, taken);
            var name = plot.Add.Text(options.ClassName(k), figure.X.ToPlot(x), figure.Y.ToPlot(y));
            name.LabelFontSize = figure.FontSize * 0.9f;
            name.LabelAlignment = Alignment.LowerCenter;
            (name.OffsetX, name.OffsetY) = (right, down);
            name.LabelBackgroundColor = Colors.White.WithAlpha(.75);
            name.LabelPadding = 2 * figure.Scale;
        }
    }

    // over the middle of the points, else beside it, where no other name stands; in pixels from the middle
    static (float Right, float Down) FreePlace(Figure figure, string name, double x, double y, List<SKRect> taken)
    {
        float wide = Figure.TextWidth(name) * figure.Scale + 4 * figure.Scale, high = figure.FontSize * 1.3f, gap = 5 * figure.Scale;
        float atX = (float)((x - figure.View.X0) / (figure.View.X1 - figure.View.X0)) * figure.DataArea.Width;
        float atY = (float)((figure.View.Y1 - y) / (figure.View.Y1 - figure.View.Y0)) * figure.DataArea.Height;
        float side = wide / 2 + gap;
        (float Right, float Down)[] places = [.. Enumerable.Range(0, 4).SelectMany(far => (IEnumerable<(float, float)>)
            [(0, -gap - far * high), (0, gap + (far + 1) * high), (side, (0.5f - far) * high), (-side, (0.5f - far) * high)])];
        (float Right, float Down) free = places.FirstOrDefault(place => !taken.Any(Box(place).IntersectsWith), places[0]);
        taken.Add(Box(free));
        return free;

        SKRect Box((float Right, float Down) place) => SKRect.Create(atX + place.Right - wide / 2, atY + place.Down - high, wide, high);
    }

    static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    (Alignment Place, int Right, int Up) EmptiestCorner(Window view, double wide, double high)
    {
        (Alignment Place, int Right, int Up)[] corners =
            [(Alignment.UpperRight, 1, 1), (Alignment.UpperLeft, 0, 1), (Alignment.LowerLeft, 0, 0), (Alignment.LowerRight, 1, 0)];
        return corners.MinBy(corner => Covered(view, corner, wide, high));
    }

    // how many points a legend in a corner covers
    int Covered(Window view, (Alignment Place, int Right, int Up) corner, double wide, double high)
    {
        return series.Sum(points => points.Count(Inside));

        bool Inside(Coordinates p)
        {
            double x = Math.Abs((p.X - view.X0) / (view.X1 - view.X0) - corner.Right);
            double y = Math.Abs((p.Y - view.Y0) / (view.Y1 - view.Y0) - corner.Up);
            return x < wide && y < high;
        }
    }
}
