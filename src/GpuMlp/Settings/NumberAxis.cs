using System.Globalization;
using GpuMlp.Numerics;

namespace GpuMlp.Settings;

/// <summary>
/// Numbers evenly apart from one to another, or by even factors: the values of a setting along an axis, or a range of them.
/// </summary>
/// <remarks>They are computed in float64 without a C library's functions, so that every system gets the same numbers.</remarks>
public sealed record NumberAxis
{
    const string Linear = "lin:", Logarithmic = "log:", Dots = "..";

    readonly double from, to;                                      // of the logarithms where the steps are factors

    NumberAxis(double first, double last, double from, double to, bool isLog) =>
        (First, Last, this.from, this.to, IsLog) = (first, last, from, to, isLog);

    /// <summary>Makes an axis.</summary>
    /// <param name="first">Its first number.</param>
    /// <param name="last">Its last number; it may be the smaller one.</param>
    /// <param name="isLog">Whether neighbours differ by a factor, not by an amount; both numbers are then positive.</param>
    /// <exception cref="ArgumentException">The numbers are not finite, are equal, or are not positive where they have to be.</exception>
    public static NumberAxis Of(double first, double last, bool isLog)
    {
        if (first == last || !double.IsFinite(last - first)) throw new ArgumentException("two different numbers are needed");
        if (!isLog) return new(first, last, first, last, false);
        if (!(first > 0 && last > 0)) throw new ArgumentException("a logarithmic scale goes through positive numbers");
        return new(first, last, Float64.Log(first), Float64.Log(last), true);
    }

    /// <summary>Whether a text begins as one of an axis does, with lin: or log:.</summary>
    public static bool IsAxis(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Linear, StringComparison.Ordinal) || text.StartsWith(Logarithmic, StringComparison.Ordinal);
    }

    /// <summary>Reads an axis: <c>lin:0..1</c>, <c>log:1e-4..1</c>.</summary>
    /// <exception cref="FormatException">The text is none; the message says why.</exception>
    public static NumberAxis Parse(string text)
    {
        if (!IsAxis(text) || text[Linear.Length..].Split(Dots) is not [var first, var last] || Number(first) is not double from
            || Number(last) is not double to)
            throw new FormatException("lin:FIRST..LAST or log:FIRST..LAST is needed, as log:1e-4..1");
        try { return Of(from, to, text.StartsWith(Logarithmic, StringComparison.Ordinal)); }
        catch (ArgumentException e) { throw new FormatException(e.Message, e); }
    }

    static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number) ? number : null;

    /// <summary>The first number.</summary>
    public double First { get; }

    /// <summary>The last number.</summary>
    public double Last { get; }

    /// <summary>Whether neighbours differ by a factor.</summary>
    public bool IsLog { get; }

    /// <summary>The number at a share of the way.</summary>
    /// <param name="share">0 for the first number, 1 for the last: these are met exactly.</param>
    public double At(double share)
    {
        if (share == 0) return First;
        if (share == 1) return Last;
        double at = from * (1 - share) + to * share;
        return IsLog ? Float64.Exp(at) : at;
    }

    /// <summary>Number k of <paramref name="count"/>, the first and the last among them; of one the middle.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public double At(int k, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if ((uint)k >= (uint)count) throw new ArgumentOutOfRangeException(nameof(k), k, $"there are {count} numbers, from 0");
        return At(count == 1 ? 0.5 : (double)k / (count - 1));
    }

    /// <summary>Which share of the way a number is at.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis is logarithmic and the number is not positive.</exception>
    public double ShareOf(double number)
    {
        if (!IsLog) return (number - from) / (to - from);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(number, 0);
        return (Float64.Log(number) - from) / (to - from);
    }

    /// <summary>The axis around a number with an n-th of the length.</summary>
    /// <param name="centre">The number in its middle.</param>
    /// <param name="factor">n, from 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 1, or a number is not one of the axis' kind.</exception>
    public NumberAxis Zoom(double centre, double factor)
    {
        if (!(factor >= 1) || !double.IsFinite(factor)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "is a number from 1");
        if (!double.IsFinite(centre) || (IsLog && centre <= 0))
            throw new ArgumentOutOfRangeException(nameof(centre), centre, "is no number of such an axis");
        double middle = IsLog ? Float64.Log(centre) : centre, half = (to - from) / factor / 2;
        (double low, double high) = (middle - half, middle + half);
        return IsLog ? new(Float64.Exp(low), Float64.Exp(high), low, high, true) : new(low, high, low, high, false);
    }

    /// <summary>
    /// Up to which zoom float32 tells neighbours apart: the zoom at which the smallest difference of two neighbours is one unit in the last
    /// place of a float32 beside them.
    /// </summary>
    /// <param name="count">How many numbers there are.</param>
    public double LimitOfFloat32(int count)
    {
        if (count < 2) return double.PositiveInfinity;
        double least = double.PositiveInfinity;
        foreach (int k in (int[])[0, (count - 1) / 2, count - 2])
        {
            double low = At(k, count), high = At(k + 1, count);
            float near = (float)Math.Max(Math.Abs(low), Math.Abs(high));
            least = Math.Min(least, Math.Abs(high - low) / ((double)MathF.BitIncrement(near) - near));
        }
        return least;
    }
}
