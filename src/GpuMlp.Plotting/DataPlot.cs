using GpuMlp.Grids;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>The data alone.</summary>
public static class DataPlot
{
    /// <summary>Writes a PNG file of points by class, whole or not at all; see <see cref="Render"/>.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="inputs">(n,2), row-major; more than 20,000 points are thinned evenly.</param>
    /// <param name="labels">(n): class indices 0, 1, …</param>
    /// <param name="window">What the picture shows.</param>
    /// <param name="title">One line over it.</param>
    /// <param name="options">Style, size and names; null takes the defaults.</param>
    public static void Save(string path, float[] inputs, float[] labels, Window window, string title, PlotOptions? options = null)
    {
        byte[] picture = Render(inputs, labels, window, title, options);
        PictureFile.Write(path, stream => stream.Write(picture));
    }

    /// <summary>Draws points by class and returns the picture as PNG.</summary>
    /// <param name="inputs">(n,2), row-major; more than 20,000 points are thinned evenly.</param>
    /// <param name="labels">(n): class indices 0, 1, …</param>
    /// <param name="window">What the picture shows.</param>
    /// <param name="title">One line over it.</param>
    /// <param name="options">Style, size and names; null takes the defaults.</param>
    /// <exception cref="ArgumentException">The lengths do not go together, a label is not a class index, or the window is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The picture is smaller than <see cref="PlotOptions.MinSize"/>.</exception>
    public static byte[] Render(float[] inputs, float[] labels, Window window, string title, PlotOptions? options = null)
    {
        options ??= new PlotOptions();
        using var figure = new Figure(options, window, options.PlaneLabels, new PointLayer(inputs, labels, options).AddTo);
        using SKBitmap picture = figure.Draw(title);
        using SKData png = PictureFile.EncodePng(picture);
        return png.ToArray();
    }
}
