using GpuMlp.Cli.Input;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using static System.FormattableString;

namespace GpuMlp.Cli.Play;

/// <summary>The plane of a page with axes and a title: regions of classes, a map of numbers, or curves over one feature.</summary>
sealed class PageGraph : IDisposable
{
    const int PixelsPerCell = 2;

    readonly PageTraining training;
    readonly PageView view;
    readonly PlotOptions options;
    readonly GridSpec grid;
    readonly BoundaryPlot? boundary;

    /// <summary>Prepares pictures of one size.</summary>
    public PageGraph(PageTraining training, PageView view, int side)
    {
        (this.training, this.view) = (training, view);
        TrainInput input = training.Input;
        options = new PlotOptions
        {
            Width = side,
            Height = side,
            XLabel = PictureAxes.NameOf(input.Raw, input.Axes.X),
            YLabel = PageView.NameOfY(input),
            ClassNames = [.. input.Raw.ClassNames],
        };
        grid = view.Grid(side / PixelsPerCell, view.IsCurve ? 1 : side / PixelsPerCell);
        if (!view.IsCurve && Points.ClassCount > 0) boundary = new BoundaryPlot(grid, Points, options);
    }

    DataSet Points => training.Input.Axes.Points;

    /// <summary>What a network says, as PNG.</summary>
    public byte[] Draw(Sequential network, int step)
    {
        string name = $"{training.Config.Net} · {training.Input.Raw.Name} · {training.Device.Description.Id}";
        string title = Invariant($"step {step:N0} · {name}");
        if (view.IsCurve) return DrawCurves(view.Curves(network, grid), title);
        float[] values = view.Values(network, grid);
        if (boundary is not null) return boundary.Render(values, title);
        (double, double, double)[] points = [.. Rows.Select(row => (X(row), Points.Value(row, 1), (double)Points.Labels[row]))];
        return HeatMapPlot.Render(grid, values, points, title, options, view.Range);
    }

    IEnumerable<int> Rows => Enumerable.Range(0, Points.Count);

    double X(int row) => Points.Value(row, 0);

    byte[] DrawCurves(float[] values, string title)
    {
        double[] places = [.. Enumerable.Range(0, grid.Width).Select(grid.XAt)];
        int count = values.Length / grid.Width, classes = Points.ClassCount;
        Curve[] curves = [.. Enumerable.Range(0, count).Select(k => new Curve(
            classes == 0 ? "network" : $"P({options.ClassNames[count == 1 ? 1 : k]})", places,
            [.. places.Select((_, at) => (double)values[at * count + k])]))];
        Curve[] points = [.. Rows.GroupBy(row => classes == 0 ? 0 : (int)Points.Labels[row]).OrderBy(group => group.Key).Select(group =>
            new Curve(classes == 0 ? "data" : options.ClassNames[group.Key], [.. group.Select(X)],
                [.. group.Select(row => PageView.Height(Points, Points.Labels[row]))]))];
        return CurvePlot.Render(curves, points, title, options, grid.Window);
    }

    public void Dispose() => boundary?.Dispose();
}
