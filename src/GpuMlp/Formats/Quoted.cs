using System.Globalization;

namespace GpuMlp.Formats;

/// <summary>
/// Shows fields of files and options in messages: shortened, since a field may be as long as its file, and without characters that act on a
/// terminal.
/// </summary>
static class Quoted
{
    /// <summary>The most characters of a field that a message shows.</summary>
    public const int Most = 60;

    /// <summary>The most characters of a tensor's or an array's name.</summary>
    public const int LongestName = 1000;

    const int MostNames = 20;

    /// <summary>A text between single quotes, without its end if it is long and without its control characters.</summary>
    public static string Quote(string? text) => $"'{Plain(Cut(text))}'";

    // control characters, and those that hide or turn others
    static string Plain(string text) => text.All(IsPlain) ? text : string.Concat(text.Where(IsPlain));

    static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>A text without its end if it is long.</summary>
    public static string Cut(string? text)
    {
        if (text is null || text.Length <= Most) return text ?? "";
        int end = char.IsHighSurrogate(text[Most - 2]) ? Most - 2 : Most - 1;
        return $"{text.AsSpan(0, end)}…";
    }

    /// <summary>The first names of a list, and the number of those left out.</summary>
    public static string List(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(MostNames).Select(Cut)) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
}
