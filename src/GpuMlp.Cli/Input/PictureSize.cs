using GpuMlp.Layers;

namespace GpuMlp.Cli.Input;

/// <summary>The size of the pictures that train draws, and of the grid behind boundary.png.</summary>
static class PictureSize
{
    public const int Width = 800, Height = 600, PixelsPerCell = 3;

    /// <summary>Columns of the grid behind boundary.png.</summary>
    public static int GridWidth(NetworkSpec spec) => Width / Cell(spec);

    /// <summary>Rows of the grid behind boundary.png.</summary>
    public static int GridHeight(NetworkSpec spec) => Height / Cell(spec);

    // colours of classes are not interpolated, so with several classes a cell is a pixel
    static int Cell(NetworkSpec spec) => spec.Widths[^1] > 2 ? 1 : PixelsPerCell;
}
