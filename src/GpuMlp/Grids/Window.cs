using System.Globalization;

namespace GpuMlp.Grids;

/// <summary>
/// A rectangle of the input plane: x from <paramref name="X0"/> to <paramref name="X1"/>, y from <paramref name="Y0"/> to
/// <paramref name="Y1"/>.
/// </summary>
public readonly record struct Window(double X0, double X1, double Y0, double Y1)
{
    /// <summary>"x0:x1,y0:y1", which <see cref="Parse"/> reads back without loss.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{X0:R}:{X1:R},{Y0:R}:{Y1:R}");

    /// <summary>Reads x0:x1,y0:y1.</summary>
    /// <exception cref="FormatException">The text is anything else, or a pair is not two finite numbers in ascending order.</exception>
    public static Window Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        double[] ends = [.. text.Split(',', ':').Select(Number)];
        bool shaped = text.Split(',') is [var x, var y] && x.Split(':').Length == 2 && y.Split(':').Length == 2;
        if (!shaped || !ends.All(double.IsFinite) || ends[0] >= ends[1] || ends[2] >= ends[3])
            throw new FormatException("a window is x0:x1,y0:y1, four numbers with x0 < x1 and y0 < y1, as in -1.5:2.5,-1:1.5");
        return new Window(ends[0], ends[1], ends[2], ends[3]);
    }

    static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
}
