using GpuMlp.Data;
using GpuMlp.Grids;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>A row of a comparison: a device with an engine.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Seconds">The seconds of each part, as the comparison names them; empty where nothing ran.</param>
/// <param name="Cells">What stands in the columns at the right.</param>
/// <param name="IsSame">Whether it computes the same as the others; null where there is nothing to compare.</param>
/// <param name="Note">What stands in place of times where nothing ran.</param>
sealed record CompareBar(string Name, IReadOnlyList<double> Seconds, IReadOnlyList<string> Cells, bool? IsSame, string? Note = null);

/// <summary>How far the losses of a row are from those of another, step by step.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Distances">One per step; 0 where the losses are the same.</param>
sealed record LossDistance(string Name, double[] Distances);

/// <summary>The boundary of the first network of a comparison, and the points of its grid where another lies on the other side.</summary>
/// <param name="Grid">The grid.</param>
/// <param name="Outputs">The first network on it, as <see cref="BoundaryPlot"/> takes it.</param>
/// <param name="Points">The data.</param>
/// <param name="Disagrees">Whether any other network has another class at a point.</param>
/// <param name="Caption">The line over it.</param>
/// <param name="Options">The names of axes and classes.</param>
sealed record CompareBoundary(GridSpec Grid, float[] Outputs, DataSet Points, bool[] Disagrees, string Caption, PlotOptions Options);

/// <summary>A comparison of devices as one picture.</summary>
sealed record ComparePlot
{
    /// <summary>The line over the picture.</summary>
    public required string Title { get; init; }

    /// <summary>The parts of a row's time.</summary>
    public required IReadOnlyList<string> Parts { get; init; }

    /// <summary>The headings of the columns at the right.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows.</summary>
    public required IReadOnlyList<CompareBar> Rows { get; init; }

    /// <summary>The boundary; null where there are no classes in a plane.</summary>
    public CompareBoundary? Boundary { get; init; }

    /// <summary>The rows whose losses differ.</summary>
    public IReadOnlyList<LossDistance> Distances { get; init; } = [];

    /// <summary>What is said where no losses differ.</summary>
    public IReadOnlyList<string> Verdict { get; init; } = [];

    /// <summary>Sentences at the end, with a heading first.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Writes a PNG file, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        using SKBitmap picture = Draw();
        PictureFile.WritePng(path, picture);
    }

    internal SKBitmap Draw()
    {
        PlotFont.Register();
        var sheet = new CompareSheet(this);
        var picture = new SKBitmap(new SKImageInfo(CompareSheet.Width, sheet.Height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(picture);
        sheet.Draw(canvas);
        return picture;
    }
}
