namespace GpuMlp.Plotting;

/// <summary>The look of a picture.</summary>
public enum PlotStyle
{
    /// <summary>
    /// White, with axes, a legend, and bands of probability between two colours that colour-blind readers can tell apart.
    /// </summary>
    Plain,

    /// <summary>
    /// The notebook's look: a #4B6EA9 face, no axes, class regions in Blues, tiny points, black (class 0) and white (class 1).
    /// </summary>
    Notebook,
}

/// <summary>The settings that all pictures share: style, size, and the names of axes and classes.</summary>
public sealed record PlotOptions
{
    /// <summary>The smallest width and height that a picture can have, in pixels.</summary>
    public const int MinSize = 64;

    /// <summary>The look.</summary>
    public PlotStyle Style { get; init; }

    /// <summary>The width of the picture in pixels.</summary>
    public int Width { get; init; } = 800;

    /// <summary>The height of the picture in pixels.</summary>
    public int Height { get; init; } = 600;

    /// <summary>The name of the horizontal axis of the input plane.</summary>
    public string XLabel { get; init; } = "x0";

    /// <summary>The name of the vertical axis of the input plane.</summary>
    public string YLabel { get; init; } = "x1";

    /// <summary>The names of the classes, by class index; class k beyond the list is called "class k".</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    // The notebook draws the input plane without axes.
    internal (string, string)? PlaneLabels => Style == PlotStyle.Notebook ? null : AxisLabels;

    internal (string, string) AxisLabels => (Short(XLabel, LongestLabel), Short(YLabel, LongestLabel));

    internal string ClassName(int k) => k < ClassNames.Count ? Short(ClassNames[k], LongestName) : $"class {k}";

    const int LongestLabel = 60, LongestName = 28;

    // a long name keeps its beginning and its end, in which names often differ
    internal static string Short(string name, int most)
    {
        string line = new([.. name.Select(c => char.IsControl(c) ? ' ' : c)]);
        return line.Length <= most ? line : $"{line.AsSpan(0, most / 2)}…{line.AsSpan(line.Length - (most - most / 2 - 1))}";
    }
}
