using System.Globalization;
using GpuMlp.Grids;

namespace GpuMlp.Files;

/// <summary>A window as options and files write it: x0:x1,y0:y1.</summary>
public static class WindowText
{
    /// <summary>Reads x0:x1,y0:y1.</summary>
    /// <exception cref="FormatException">It is anything else, or a pair is not two finite numbers, the smaller first.</exception>
    public static Window Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        double[] ends = [.. text.Split(',', ':').Select(Number)];
        bool shaped = text.Split(',') is [var x, var y] && x.Split(':').Length == 2 && y.Split(':').Length == 2;
        if (!shaped || !ends.All(double.IsFinite) || ends[0] >= ends[1] || ends[2] >= ends[3])
            throw new FormatException("a window is x0:x1,y0:y1, four numbers with x0 < x1 and y0 < y1, as in -1.5:2.5,-1:1.5");
        return new Window(ends[0], ends[1], ends[2], ends[3]);
    }

    /// <summary>Writes x0:x1,y0:y1 so that it reads back the same.</summary>
    public static string Format(Window window) =>
        string.Create(CultureInfo.InvariantCulture, $"{window.X0:R}:{window.X1:R},{window.Y0:R}:{window.Y1:R}");

    static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
}
