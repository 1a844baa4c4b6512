using System.Globalization;
using System.Text;

namespace GpuMlp.Tables;

/// <summary>Reads the numbers of a text file.</summary>
/// <param name="Point">The character before the decimals.</param>
/// <param name="Group">The character between groups of digits; 0 for none.</param>
readonly record struct NumberFormat(byte Point, byte Group)
{
    const int LongestExactPower = 22, MostDigits = 19;
    const ulong LargestExact = 1UL << 53;

    static readonly double[] Powers =
        [.. Enumerable.Range(0, LongestExactPower + 1).Select(k => double.Parse($"1e{k}", CultureInfo.InvariantCulture))];

    /// <summary>Whether a field stands for a value that is not there.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> text) => text.Length switch
    {
        0 => true,
        1 => text[0] == '?' || IsBlank(text),
        2 => Is(text, "na"u8) || IsBlank(text),
        3 => Is(text, "nan"u8) || Is(text, "n/a"u8) || IsBlank(text),
        4 when text[0] > '#' => Is(text, "null"u8) || Is(text, "-nan"u8) || Is(text, "<na>"u8),
        _ => text[0] == '#' ? BeginsWithError(text, out int length) && length == text.Length : text[0] <= ' ' && IsBlank(text),
    };

    // between quotes
    static bool IsBlank(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept((byte)' ', (byte)'\t');

    static readonly byte[][] Errors =
        [.. ((string[])["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"]).Select(Encoding.ASCII.GetBytes)];

    /// <summary>The most bytes of a spreadsheet's error.</summary>
    public const int LongestError = 7;

    /// <summary>Whether a text begins with the error that a spreadsheet writes where a formula has no value.</summary>
    public static bool BeginsWithError(ReadOnlySpan<byte> text, out int length)
    {
        foreach (byte[] error in Errors)
            if (text.StartsWith(error))
            {
                length = error.Length;
                return true;
            }
        length = 0;
        return false;
    }

    static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        for (int k = 0; k < word.Length; k++)
            if ((text[k] is >= (byte)'A' and <= (byte)'Z' ? text[k] | 0x20 : text[k]) != word[k]) return false;
        return true;
    }

    /// <summary>Reads a number; a number beyond float64 is an infinity, as is the word inf.</summary>
    /// <param name="text">The field.</param>
    /// <param name="value">The float64 nearest to it.</param>
    public bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (Group == ' ' && text.ContainsAnyExceptInRange((byte)0, (byte)127)) text = PlainBlanks(text);
        int at = 0;
        bool negative = false;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+') (negative, at) = (text[0] == '-', 1);
        ulong mantissa = 0;
        int digits = 0, significant = 0, scale = 0, group = -1;               // the first digit of the latest group
        for (; at < text.Length; at++)
        {
            uint digit = (uint)(text[at] - '0');
            if (digit <= 9) Take(digit);
            else if (text[at] != Group || Group == 0 || digits == 0 || at + 1 == text.Length || !IsDigit(text[at + 1])) break;
            else
            {
                // 12,34,567 is a number in India
                if (group < 0 ? digits > 3 : digits - group is not (2 or 3)) return false;
                group = digits;
            }
        }
        if (group >= 0 && digits - group != 3) return false;
        if (at < text.Length && text[at] == Point)
        {
            for (at++; at < text.Length && text[at] - '0' is >= 0 and <= 9; at++)
            {
                Take((uint)(text[at] - '0'));
                scale--;
            }
        }
        if (digits == 0) return IsInfinity(text, negative, out value);
        int exponent = 0;
        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            bool minus = false;
            if (++at < text.Length && text[at] is (byte)'-' or (byte)'+') minus = text[at++] == '-';
            if (at == text.Length) return false;
            for (; at < text.Length && IsDigit(text[at]); at++) exponent = Math.Min(exponent * 10 + text[at] - '0', 1 << 20);
            if (minus) exponent = -exponent;
        }
        if (at != text.Length) return false;
        int power = exponent + scale;
        if (significant <= MostDigits && mantissa <= LargestExact && power is >= -LongestExactPower and <= LongestExactPower)
        {
            value = power < 0 ? mantissa / Powers[-power] : mantissa * Powers[power];     // both exact, so rounded once
            if (negative) value = -value;
            return true;
        }
        return double.TryParse(Plain(text, stackalloc byte[128]), NumberStyles.Float, CultureInfo.InvariantCulture, out value);

        void Take(uint digit)
        {
            digits++;
            if (significant == 0 && digit == 0) return;
            if (++significant <= MostDigits) mantissa = mantissa * 10 + digit;
        }
    }

    // blanks that do not break a line, as many programs write them between groups: U+00A0, U+202F and U+2009 in UTF-8, A0 in windows-1252
    static byte[] PlainBlanks(ReadOnlySpan<byte> text)
    {
        string wide = Encoding.Latin1.GetString(text);
        foreach (string blank in (string[])["\u00E2\u0080\u00AF", "\u00E2\u0080\u0089", "\u00C2\u00A0", "\u00A0"])
            wide = wide.Replace(blank, " ", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(wide);
    }

    static bool IsDigit(byte c) => c - '0' is >= 0 and <= 9;

    static bool IsInfinity(ReadOnlySpan<byte> text, bool negative, out double value)
    {
        ReadOnlySpan<byte> word = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        return (word.Length == 3 && Is(word, "inf"u8)) || (word.Length == 8 && Is(word, "infinity"u8));
    }

    /// <summary>The float32 nearest to a number's text, which may differ from its float64 rounded once more.</summary>
    /// <param name="text">The field.</param>
    /// <param name="value">The float64 nearest to it.</param>
    public float ToFloat32(ReadOnlySpan<byte> text, double value)
    {
        const double smallestNormal = 1.1754943508222875e-38;
        const long below = 0x1FFFFFFF, middle = 0x10000000;               // the bits of a float64 that a float32 does not have
        bool tie = (BitConverter.DoubleToInt64Bits(value) & below) == middle || (value != 0 && Math.Abs(value) < smallestNormal);
        return tie && double.IsFinite(value) && float.TryParse(
            Plain(text, stackalloc byte[128]), NumberStyles.Float, CultureInfo.InvariantCulture, out float nearest) ? nearest
                : (float)value;
    }

    /// <summary>The text of a number that float64 does not hold: a whole one of too many digits, or one that is too large; null for any
    /// other.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">The float64 nearest to it.</param>
    public string? NotHeld(ReadOnlySpan<byte> field, double value)
    {
        if (Math.Abs(value) < LargestExact) return null;
        string text = Encoding.Latin1.GetString(Plain(field, stackalloc byte[128]));
        if (!double.IsFinite(value)) return text;
        string digits = text.TrimStart('+', '-').TrimStart('0');
        if (!digits.All(char.IsAsciiDigit)) return null;
        string whole = value < 0 ? $"-{digits}" : digits;
        return whole == value.ToString("F0", CultureInfo.InvariantCulture) ? null : whole;
    }

    // with a point and without groups
    ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> text, Span<byte> space)
    {
        if (Point == '.' && Group == 0) return text;
        if (Group == ' ') text = PlainBlanks(text);
        Span<byte> plain = text.Length <= space.Length ? space : new byte[text.Length];
        int length = 0;
        foreach (byte c in text)
            if (c != Group || Group == 0) plain[length++] = c == Point ? (byte)'.' : c;
        return plain[..length].ToArray();
    }
}
