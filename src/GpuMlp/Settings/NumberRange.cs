using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuMlp.Settings;

/// <summary>
/// The numbers that a setting takes. The option, the config file and the library's own checks ask the same range, so that they refuse the
/// same numbers with the same sentence.
/// </summary>
public sealed class NumberRange<T> where T : struct, INumber<T>
{
    static readonly NumberStyles Style = T.Zero is float or double ? NumberStyles.Float : NumberStyles.AllowLeadingSign;

    readonly string rule, tooLarge;

    internal NumberRange(string rule, T least, T most, string? tooLarge = null) =>
        (this.rule, Least, Most, this.tooLarge) = (rule, least, most, tooLarge ?? rule);

    /// <summary>The smallest number.</summary>
    public T Least { get; }

    /// <summary>The largest number.</summary>
    public T Most { get; }

    /// <summary>Reads a number.</summary>
    /// <exception cref="FormatException">The text is no number of the range; the message says which numbers are.</exception>
    public T Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!T.TryParse(text, Style, CultureInfo.InvariantCulture, out T number)) throw new FormatException(rule + CommaAdvice(text));
        return WhyNot(number) is string why ? throw new FormatException(why + Float32Advice(text)) : number;
    }

    static string CommaAdvice(string text) =>
        Style == NumberStyles.Float && text.Count(c => c == ',') == 1 && text.Replace(',', '.') is { } other
            && T.TryParse(other, Style, CultureInfo.InvariantCulture, out _) ? $"; decimals follow a point: {other}" : "";

    // a number that the rule allows, but that float32 rounds to 0 or to infinity
    string Float32Advice(string text) => T.Zero is float && text.Any(char.IsAsciiDigit)
        && double.TryParse(text, Style, CultureInfo.InvariantCulture, out double value)
        && (value is > 0 and < float.Epsilon || (value > float.MaxValue && Most >= T.CreateSaturating(float.MaxValue)))
            ? FormattableString.Invariant($"; float32 holds {float.Epsilon:R} to {float.MaxValue:R}") : "";

    /// <summary>Checks a number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="name">What the caller calls it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not in the range; the message says which numbers are.</exception>
    public void Require(T number, [CallerArgumentExpression(nameof(number))] string? name = null)
    {
        if (WhyNot(number) is string why) throw new ArgumentOutOfRangeException(name, number, why);
    }

    // no comparison holds for NaN
    string? WhyNot(T number) => number >= Least && number <= Most ? null : number > Most ? tooLarge : rule;
}
