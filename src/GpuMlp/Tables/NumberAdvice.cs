using System.Text.RegularExpressions;

namespace GpuMlp.Tables;

/// <summary>What to do about texts where numbers are needed: how they would have to be read.</summary>
static partial class NumberAdvice
{
    static readonly (char Point, char Group)[] Forms =
        [('.', '\0'), (',', '\0'), ('.', ','), (',', '.'), ('.', ' '), (',', ' '), ('.', '\''), (',', '\''), ('.', '_')];

    /// <summary>Whether a text is a number in another form: with groups of digits, a decimal comma, a sign of money or per cent.</summary>
    public static bool IsNearly(string text) => Number().Match(text) is { Success: true } match && match.Value.Any(char.IsAsciiDigit);

    /// <summary>Whether a text is a date or a time of day.</summary>
    public static bool IsDate(string text) => Date().IsMatch(text) || Time().IsMatch(text);

    /// <summary>The advice for a column, "; " before it; empty if there is none.</summary>
    /// <param name="column">A column of texts.</param>
    /// <param name="row">The row of a text that is no number.</param>
    /// <param name="format">How the file was read; null if it came from arrays.</param>
    public static string Of(TableColumn column, int row, TableFormat? format)
    {
        string text = column.Text(row)!;
        if (IsDate(text)) return $"; {Dates(column)}";
        if (!IsNearly(text)) return "";
        if (Sign().Match(text) is { Success: true } sign) return $"; a number has no {sign.Value} beside it";
        if (text.AsSpan().ContainsAny('\u2212', '\u2013')) return "; the minus of a number is -";
        char point = format?.Decimal ?? '.';
        string[] texts = [.. column.Values.Where(IsNearly).Select(value => Blank().Replace(value.TrimStart('+', '-'), " "))];
        (char Point, char Group)[] fitting = [.. Forms.Where(form => texts.All(value => Fits(value, form))
            && (form.Group == '\0' || texts.Any(value => value.Contains(form.Group)))).OrderBy(form => form.Point != point)];
        if (fitting.Length == 0) return "; the column has decimals after points and after commas, and one of them is needed";
        // 1,234 is one number with groups of digits and another with decimals
        bool either = fitting.Any(form => form.Group == '\0');
        return $"; {string.Join(", ", fitting.Take(either ? 2 : 1).Select(form => Options(form, point)))}";
    }

    /// <summary>What to do about dates.</summary>
    public static string Dates(TableColumn column) =>
        $"dates are no numbers: days since the first one are; --ignore '{column.Shown}' leaves the column out";

    static string Options((char Point, char Group) form, char point)
    {
        string decimals = form.Point == point ? "" : $"--decimal {form.Point} ";
        if (form.Group == '\0') return $"{decimals}reads a {(form.Point == ',' ? "comma" : "point")} before decimals";
        string group = form.Group switch { ' ' => "space", '\'' => "quote", char c => $"{c}" };
        return $"{decimals}--thousands {group} reads {(form.Group == ' ' ? "blanks" : $"{form.Group}")} between groups of digits";
    }

    static bool Fits(string text, (char Point, char Group) form)
    {
        int at = text.IndexOf(form.Point);
        string whole = at < 0 ? text : text[..at], decimals = at < 0 ? "" : text[(at + 1)..];
        if (decimals.Any(c => !char.IsAsciiDigit(c) && c is not ('e' or 'E' or '-' or '+'))) return false;
        if (form.Group == '\0') return whole.All(char.IsAsciiDigit);
        string[] groups = whole.Split(form.Group);
        // 0,200 has no groups
        return groups.All(group => group.All(char.IsAsciiDigit))
            && (groups.Length == 1 || (groups.Skip(1).All(group => group.Length == 3) && groups[0] is { Length: < 4 } and [not '0', ..]));
    }

    [GeneratedRegex(@"\A[+\-\u2212\u2013]?[$\u20AC\u00A3\u00A5]? ?(\d{1,3}([.,'_ \u00A0\u202F\u2009]\d{3})+([.,]\d*)?|\d*[.,]\d+|\d+[.,]?)"
        + @"([eE][+-]?\d+)?[ \u00A0\u202F]?[%$\u20AC\u00A3\u00A5]?\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"[%$\u20AC\u00A3\u00A5]")]
    private static partial Regex Sign();

    [GeneratedRegex(@"[\u00A0\u202F\u2009]")]
    private static partial Regex Blank();

    [GeneratedRegex(@"\A(\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/]\d{1,2}[-/]\d{2,4}|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{2})([T ]\d.*)?\z")]
    private static partial Regex Date();

    [GeneratedRegex(@"\A\d{1,2}:\d{2}(:\d{2})?\z")]
    private static partial Regex Time();
}
