using System.Globalization;
using GpuMlp.Grids;

namespace GpuMlp.Records;

/// <summary>Writes a boundary as text: a table of its points, or a picture of its lines.</summary>
public static class BoundaryFile
{
    /// <summary>Writes "line,x,y" with one row per point; lines are numbered from 0.</summary>
    public static void WriteCsv(this Boundary boundary, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("line,x,y\n");
        for (int l = 0; l < boundary.Lines.Count; l++)
            foreach (BoundaryPoint p in boundary.Lines[l])
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{l},{p.X:R},{p.Y:R}\n"));
    }

    /// <summary>Writes an SVG picture whose longer side is 1000 units, with y upwards.</summary>
    public static void WriteSvg(this Boundary boundary, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        ArgumentNullException.ThrowIfNull(writer);
        Window window = boundary.Window;
        double across = window.X1 - window.X0, up = window.Y1 - window.Y0, scale = 1000 / Math.Max(across, up);
        writer.Write(string.Create(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {across * scale:0.###} {up * scale:0.###}\""
            + $" fill=\"none\" stroke=\"black\" stroke-width=\"2\">\n"));
        foreach (var line in boundary.Lines)
        {
            writer.Write("<polyline points=\"");
            for (int k = 0; k < line.Count; k++)
                writer.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{(k > 0 ? " " : "")}{(line[k].X - window.X0) * scale:0.###},{(window.Y1 - line[k].Y) * scale:0.###}"));
            writer.Write("\"/>\n");
        }
        writer.Write("</svg>\n");
    }
}
