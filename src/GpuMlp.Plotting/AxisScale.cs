using System.Globalization;

namespace GpuMlp.Plotting;

/// <summary>
/// How one axis is drawn. ScottPlot places and labels only numbers of ordinary size, so other numbers x are plotted as
/// (x - Origin) / Unit. Their labels show x itself, or where that is too long x - Origin, and the axis's name then shows the origin.
/// </summary>
/// <param name="Origin">The number that is plotted at 0.</param>
/// <param name="Unit">The difference that is plotted as 1.</param>
/// <param name="Digits">How many digits a label has; 0 leaves labels to ScottPlot.</param>
readonly record struct AxisScale(double Origin, double Unit, int Digits)
{
    const int MostDigits = 11;

    /// <summary>The scale for an axis from a number to a larger one.</summary>
    public static AxisScale For(double low, double high)
    {
        double largest = Math.Max(Math.Abs(low), Math.Abs(high)), span = high - low;
        int digits = (int)Math.Ceiling(Math.Log10(largest / span)) + 3;                     // enough to tell neighbouring ticks apart
        int exponent = Math.Max((int)Math.Floor(Math.Log10(span)), -323);
        if (digits <= 6 && largest is >= 1e-3 and <= 1e7) return new(0, 1, 0);
        double unit = exponent is >= -4 and <= 6 ? 1 : Math.Pow(10, exponent);
        return digits <= MostDigits ? new(0, unit, digits) : new(Round(low / 2 + high / 2, exponent + 1), unit, 3);
    }

    /// <summary>The plot's coordinate of a number.</summary>
    public double ToPlot(double x) => (x - Origin) / Unit;

    /// <summary>The label of a tick.</summary>
    public string Label(double plotted)
    {
        double x = plotted * Unit;
        if (x == 0) return "0";
        string text = x.ToString($"G{Math.Max(Digits, 3)}", CultureInfo.InvariantCulture);
        return text.Contains('E') && Math.Abs(x) is >= 1e-4 and < 1e12 ? x.ToString("0.############", CultureInfo.InvariantCulture) : text;
    }

    /// <summary>An axis's name, with the origin that its labels leave out.</summary>
    public string Name(string name) =>
        Origin == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {(Origin < 0 ? '+' : '−')} {Math.Abs(Origin):R}");

    // to a multiple of a power of ten; x itself where that overflows
    static double Round(double x, int exponent)
    {
        double power = Math.Pow(10, Math.Abs(exponent));
        double rounded = exponent >= 0 ? Math.Round(x / power) * power : Math.Round(x * power) / power;
        return double.IsFinite(rounded) ? rounded : x;
    }
}
