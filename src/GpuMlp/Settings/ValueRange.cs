using System.Globalization;
using GpuMlp.Numerics;

namespace GpuMlp.Settings;

/// <summary>Numbers from one to another, evenly spaced or in equal ratios: <c>lin:0..1:5</c>, <c>log:1e-4..1:64</c>.</summary>
/// <param name="Logarithmic">Whether neighbours have the same ratio, not the same distance.</param>
/// <param name="First">The first number.</param>
/// <param name="Last">The last number.</param>
/// <param name="Count">How many there are; null for a range to draw from.</param>
/// <remarks>The numbers are float32's, and the same on every system.</remarks>
public sealed record ValueRange(bool Logarithmic, double First, double Last, int? Count)
{
    /// <summary>The most numbers of a range.</summary>
    public const int MostValues = 1_000_000;

    const string Linear = "lin:", Log = "log:";
    const NumberStyles Style = NumberStyles.Float;

    /// <summary>Whether a text begins as a range does.</summary>
    public static bool IsRange(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Linear, StringComparison.Ordinal) || text.StartsWith(Log, StringComparison.Ordinal);
    }

    /// <summary>Reads a range.</summary>
    /// <exception cref="FormatException">The text is none; the message says what is.</exception>
    public static ValueRange Parse(string text)
    {
        const string Form = "a range is lin:FIRST..LAST:COUNT or log:FIRST..LAST:COUNT, as log:1e-4..1:64; without :COUNT it is drawn from";
        if (!IsRange(text)) throw new FormatException(Form);
        bool isLog = text.StartsWith(Log, StringComparison.Ordinal);
        string[] parts = text[Log.Length..].Split(':'), ends = parts[0].Split("..");
        if (parts.Length > 2 || ends.Length != 2
            || !double.TryParse(ends[0], Style, CultureInfo.InvariantCulture, out double first) || !double.IsFinite(first)
            || !double.TryParse(ends[1], Style, CultureInfo.InvariantCulture, out double last) || !double.IsFinite(last))
            throw new FormatException(Form);
        if (first == last) throw new FormatException("a range goes from one number to another");
        if (isLog && (first <= 0 || last <= 0)) throw new FormatException("the ends of a log: range are above 0");
        if (parts.Length == 1) return new ValueRange(isLog, first, last, null);
        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count is < 2 or > MostValues)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"a range has 2 to {MostValues:N0} values"));
        return new ValueRange(isLog, first, last, count);
    }

    /// <summary>The number at a share of the way from the first to the last.</summary>
    /// <param name="share">From 0 to 1.</param>
    public float At(double share)
    {
        if (share is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "a share is from 0 to 1");
        if (share == 0) return (float)First;
        if (share == 1) return (float)Last;
        if (!Logarithmic) return (float)(First + share * (Last - First));
        double low = Float64.Log(First), high = Float64.Log(Last);
        return (float)Float64.Exp(low + share * (high - low));
    }

    /// <summary>The number at a place of a range that has a count.</summary>
    /// <param name="place">From 0 to the count less 1.</param>
    /// <exception cref="InvalidOperationException">The range has no count.</exception>
    public float this[int place]
    {
        get
        {
            int count = Count ?? throw new InvalidOperationException("the range has no count: it is drawn from");
            ArgumentOutOfRangeException.ThrowIfNegative(place);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, count);
            return At((double)place / (count - 1));
        }
    }
}
