using System.Globalization;

namespace GpuMlp.Grids;

/// <summary>A point of the input plane.</summary>
public readonly record struct BoundaryPoint(double X, double Y);

/// <summary>Where a network's class changes within a window: lines with class 1 on their left.</summary>
/// <param name="Window">The window.</param>
/// <param name="Lines">The lines, each two points or more; a closed one ends where it begins.</param>
/// <param name="Evaluations">How many points were evaluated to find them.</param>
/// <param name="Bounds">How many boxes were bounded.</param>
public sealed record Boundary(Window Window, IReadOnlyList<IReadOnlyList<BoundaryPoint>> Lines, long Evaluations, long Bounds)
{
    /// <summary>How many of the points evaluated are not numbers; lines end there.</summary>
    public long NotNumbers { get; init; }

    /// <summary>Writes "line,x,y", one row a point, lines numbered from 0.</summary>
    public void WriteCsv(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("line,x,y\n");
        for (int l = 0; l < Lines.Count; l++)
            foreach (BoundaryPoint p in Lines[l]) writer.Write(string.Create(CultureInfo.InvariantCulture, $"{l},{p.X:R},{p.Y:R}\n"));
    }

    /// <summary>Writes a picture whose longer side is 1000 units, y upwards.</summary>
    public void WriteSvg(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        double across = Window.X1 - Window.X0, up = Window.Y1 - Window.Y0, scale = 1000 / Math.Max(across, up);
        writer.Write(string.Create(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {across * scale:0.###} {up * scale:0.###}\" fill=\"none\" stroke=\"black\" stroke-width=\"2\">\n"));
        foreach (var line in Lines)
        {
            writer.Write("<polyline points=\"");
            for (int k = 0; k < line.Count; k++)
                writer.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{(k > 0 ? " " : "")}{(line[k].X - Window.X0) * scale:0.###},{(Window.Y1 - line[k].Y) * scale:0.###}"));
            writer.Write("\"/>\n");
        }
        writer.Write("</svg>\n");
    }
}
