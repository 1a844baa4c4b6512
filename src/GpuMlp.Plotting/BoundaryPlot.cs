using GpuMlp.Data;
using GpuMlp.Grids;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>The decision boundary over the data. It can be drawn any number of times, for different predictions on one grid.</summary>
/// <remarks>
/// The constructor draws once what all pictures share; a picture then takes a few milliseconds, and several threads may draw at once.
/// Predictions are float[Height * Width] of the grid, row 0 at the smallest y: probabilities of class 1 when there are two classes,
/// class indices when there are more, or their outputs float[Height * Width * classes], for which regions are deeper where the class is
/// more probable. Between grid points probabilities and outputs are interpolated; NaN is drawn grey.
/// </remarks>
public sealed class BoundaryPlot : IDisposable
{
    readonly GridSpec grid;
    readonly Figure figure;
    readonly RegionPainter painter;
    readonly int classes;
    bool disposed;

    /// <summary>Prepares pictures of one data set on one grid.</summary>
    /// <param name="grid">The grid of the predictions; the picture shows its window.</param>
    /// <param name="inputs">(n,2), row-major; more than 20,000 points are thinned evenly.</param>
    /// <param name="labels">(n): class indices 0, 1, …</param>
    /// <param name="options">Style, size and names; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">The lengths do not match, a label is not a class index, or the window is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    public BoundaryPlot(GridSpec grid, float[] inputs, float[] labels, PlotOptions? options = null)
        : this(grid, PointLayer.Of(inputs, labels, options ?? new PlotOptions()), options ?? new PlotOptions())
    {
    }

    /// <summary>
    /// Prepares pictures of one data set on one grid, whose window is in the data's own units; the points are placed in float64.
    /// </summary>
    /// <param name="grid">The grid of the predictions; the picture shows its window.</param>
    /// <param name="data">Two features and class indices; more than 20,000 points are thinned evenly.</param>
    /// <param name="options">Style, size and names; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The data does not have two features, a label is not a class index, or the window is not finite.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    public BoundaryPlot(GridSpec grid, DataSet data, PlotOptions? options = null)
        : this(grid, PointLayer.Of(data, options ?? new PlotOptions()), options ?? new PlotOptions())
    {
    }

    BoundaryPlot(GridSpec grid, PointLayer points, PlotOptions options)
    {
        ArgumentNullException.ThrowIfNull(grid);
        (this.grid, classes) = (grid, points.Classes);
        figure = new Figure(options, grid.Window, options.PlaneLabels, points.AddTo, right: points.RoomAtRight(grid.Window));
        painter = new RegionPainter(grid, figure.View, figure.DataArea.Width, figure.DataArea.Height,
            options.Style, points.Classes, 2.2f * figure.Scale);
    }

    /// <summary>The pixels of a picture between its axes.</summary>
    internal SKRectI DataArea => figure.DataArea;

    /// <summary>Writes a PNG file, or an SVG where that is the path's ending, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="predictions">As the remarks of the class say.</param>
    /// <param name="title">One line over the picture.</param>
    /// <exception cref="ArgumentException">The number of predictions is not the number of points of the grid.</exception>
    /// <exception cref="ObjectDisposedException">The plot was disposed.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, float[] predictions, string title)
    {
        figure.Save(path, title, Painted(predictions));
    }

    /// <summary>Draws a picture and returns it as PNG.</summary>
    /// <param name="predictions">As the remarks of the class say.</param>
    /// <param name="title">One line over the picture.</param>
    /// <exception cref="ArgumentException">The number of predictions is not the number of points of the grid.</exception>
    /// <exception cref="ObjectDisposedException">The plot was disposed.</exception>
    public byte[] Render(float[] predictions, string title)
    {
        using SKBitmap picture = Draw(predictions, title);
        using SKData png = PictureFile.EncodePng(picture);
        return png.ToArray();
    }

    /// <summary>Frees the drawing surface.</summary>
    public void Dispose()
    {
        disposed = true;
        figure.Dispose();
    }

    internal SKBitmap Draw(float[] predictions, string title) => figure.Draw(title, Painted(predictions));

    Figure.Painter Painted(float[] predictions)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(predictions);
        int needed = grid.Width * grid.Height;
        if (predictions.Length != needed && (classes == 2 || predictions.Length < needed || predictions.Length % needed > 0))
            throw new ArgumentException(
                $"{predictions.Length} predictions for a grid of {grid.Width} × {grid.Height}; {needed} are needed.", nameof(predictions));
        return (pixels, stride) => painter.Paint(predictions, pixels, stride);
    }
}
