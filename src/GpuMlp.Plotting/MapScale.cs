using System.Globalization;
using GpuMlp.Settings;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace GpuMlp.Plotting;

/// <summary>An axis of a map: a setting's values, drawn from share 0 of the way to share 1.</summary>
/// <param name="Name">The setting's name.</param>
/// <param name="Numbers">Its values.</param>
sealed record MapScale(string Name, NumberAxis Numbers)
{
    const double DecadesFrom = 1.2, MostDecades = 12, MostMinor = 6, MostWithMore = 2.6;

    /// <summary>The axis's name, which says how it is spaced.</summary>
    public string Label => Numbers.IsLog ? $"{Name} (log)" : Name;

    /// <summary>The ticks, as ScottPlot takes them.</summary>
    /// <param name="count">About how many have room.</param>
    public ITickGenerator Ticks(int count)
    {
        var ticks = new NumericManual();
        foreach ((double share, string? label) in Places(count))
        {
            if (label is null) ticks.AddMinor(share);
            else ticks.AddMajor(share, label);
        }
        return ticks;
    }

    /// <summary>
    /// Where the ticks are, as shares of the way, with their labels; null for those between the labelled ones. They are at powers of ten on
    /// a logarithmic axis of more than a decade, with their doubles and fives where there are few, else at round numbers.
    /// </summary>
    public IEnumerable<(double Share, string? Label)> Places(int count) =>
        (Math.Log10(Numbers.At(1) / Numbers.At(0)) is double decades and > DecadesFrom && Numbers.IsLog ? Powers(decades) : Round(count))
            .Where(tick => !Numbers.IsLog || tick.Number > 0).Select(tick => (Numbers.ShareOf(tick.Number), tick.Label))
            .Where(tick => tick.Item1 is >= -1e-6 and <= 1 + 1e-6);

    IEnumerable<(double Number, string? Label)> Powers(double decades)
    {
        int every = (int)Math.Ceiling(decades / MostDecades), last = (int)Math.Ceiling(Math.Log10(Numbers.At(1)));
        for (int power = (int)Math.Floor(Math.Log10(Numbers.At(0))); power <= last; power++)
        {
            double number = Math.Pow(10, power);
            if (power % every == 0) yield return (number, Text(number));
            for (int digit = 2; digit < 10 && decades <= MostMinor; digit++)
                yield return (digit * number, digit is 2 or 5 && decades <= MostWithMore ? Text(digit * number) : null);
        }
    }

    IEnumerable<(double Number, string? Label)> Round(int count)
    {
        double low = Numbers.At(0), rough = (Numbers.At(1) - low) / count, unit = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = unit * (rough / unit) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        if (!(low + step > low)) yield break;                      // the numbers are too near each other to be told apart
        int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 15);
        double first = Math.Ceiling(low / step - 1e-9);
        for (int k = 0; k <= 2 * count; k++)
        {
            double number = (first + k) * step;
            bool isPlain = Math.Abs(number) is 0 or (>= 1e-4 and < 1e7);
            yield return (number, number.ToString(isPlain ? $"F{decimals}" : "G9", CultureInfo.InvariantCulture));
        }
    }

    static string Text(double number) =>
        number.ToString(number is < 5e-4 or > 5e5 ? "0e0" : "0.###", CultureInfo.InvariantCulture);
}
