using GpuMlp.Data;
using GpuMlp.Grids;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>A picture of the data alone.</summary>
public static class DataPlot
{
    /// <summary>Writes a PNG file of points by class, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="inputs">(n,2), row-major; more than 20,000 points are thinned evenly.</param>
    /// <param name="labels">(n): class indices 0, 1, …</param>
    /// <param name="window">The part of the plane that the picture shows.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style, size and names; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">The lengths do not match, a label is not a class index, or the window is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, float[] inputs, float[] labels, Window window, string title, PlotOptions? options = null)
    {
        byte[] picture = Render(inputs, labels, window, title, options);
        PictureFile.Write(path, stream => stream.Write(picture));
    }

    /// <summary>Writes a PNG file of a data set's points by class, placed in float64, whole or not at all.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="data">Two features and class indices; more than 20,000 points are thinned evenly.</param>
    /// <param name="window">The part of the plane that the picture shows, in the data's own units.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style, size and names; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The data does not have two features, a label is not a class index, or the window is not finite.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, DataSet data, Window window, string title, PlotOptions? options = null)
    {
        byte[] picture = Render(data, window, title, options);
        PictureFile.Write(path, stream => stream.Write(picture));
    }

    /// <summary>Draws points by class and returns the picture as PNG.</summary>
    /// <param name="inputs">(n,2), row-major; more than 20,000 points are thinned evenly.</param>
    /// <param name="labels">(n): class indices 0, 1, …</param>
    /// <param name="window">The part of the plane that the picture shows.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style, size and names; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">The lengths do not match, a label is not a class index, or the window is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    public static byte[] Render(float[] inputs, float[] labels, Window window, string title, PlotOptions? options = null) =>
        Render(PointLayer.Of(inputs, labels, options ?? new PlotOptions()), window, title, options ?? new PlotOptions());

    /// <summary>Draws the points of a data set by class, placed in float64, and returns the picture as PNG.</summary>
    /// <param name="data">Two features and class indices; more than 20,000 points are thinned evenly.</param>
    /// <param name="window">The part of the plane that the picture shows, in the data's own units.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="options">Style, size and names; null stands for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The data does not have two features, a label is not a class index, or the window is not finite.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    public static byte[] Render(DataSet data, Window window, string title, PlotOptions? options = null) =>
        Render(PointLayer.Of(data, options ?? new PlotOptions()), window, title, options ?? new PlotOptions());

    /// <summary>Draws the points of a data set by class and returns the picture as SVG.</summary>
    internal static byte[] RenderSvg(DataSet data, Window window, string title, PlotOptions options)
    {
        var points = PointLayer.Of(data, options);
        using var figure = new Figure(options, window, options.PlaneLabels, points.AddTo, right: points.RoomAtRight(window));
        return figure.Svg(title);
    }

    static byte[] Render(PointLayer points, Window window, string title, PlotOptions options)
    {
        using var figure = new Figure(options, window, options.PlaneLabels, points.AddTo, right: points.RoomAtRight(window));
        using SKBitmap picture = figure.Draw(title);
        using SKData png = PictureFile.EncodePng(picture);
        return png.ToArray();
    }
}
