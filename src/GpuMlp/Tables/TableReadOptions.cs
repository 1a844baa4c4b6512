using GpuMlp.Settings;

namespace GpuMlp.Tables;

/// <summary>How a text file holds its table, where guessing is not enough. What is null is guessed from the file's first rows.</summary>
public sealed record TableReadOptions
{
    /// <summary>The character between fields, an ASCII character; a blank stands for runs of blanks and tabs.</summary>
    public char? Separator { get; init; }

    /// <summary>The character before a number's decimals: a point or a comma.</summary>
    public char? Decimal { get; init; }

    /// <summary>The character between groups of digits, as in 10,229.10; null for none, it is never guessed.</summary>
    public char? Thousands { get; init; }

    /// <summary>Whether the first row names the columns.</summary>
    public bool? Header { get; init; }

    /// <summary>The number of lines to skip at the start of the file.</summary>
    public int SkipRows { get; init; }

    /// <summary>Whether a row of separators alone is a row without values; else it is left out.</summary>
    public bool KeepEmptyRows { get; init; }

    /// <summary>Names of columns that are looked for, by which a header is told from a row of data; empty if none are known.</summary>
    public IReadOnlyList<string> KnownNames { get; init; } = [];

    static readonly (string Name, char Character)[] Characters =
        [("comma", ','), ("semicolon", ';'), ("tab", '\t'), ("space", ' '), ("bar", '|'), ("point", '.'), ("quote", '\'')];

    /// <summary>Reads a character, or its name: comma, semicolon, tab, space, bar, point or quote.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static char ParseCharacter(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach ((string name, char character) in Characters)
            if (text == name) return character;
        if (text == "\\t") return '\t';
        return text.Length == 1 ? text[0]
            : throw new FormatException(
                $"a character is needed, or {string.Join(", ", Characters.SkipLast(1).Select(row => row.Name))} or {Characters[^1].Name}");
    }

    /// <summary>A character as <see cref="ParseCharacter"/> reads it; null for none.</summary>
    public static string? NameOf(char? character) =>
        character is not char there ? null : Characters.FirstOrDefault(row => row.Character == there && !char.IsPunctuation(there)).Name
            ?? $"{there}";

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">A character is not allowed for its purpose, two are the same, or the list is
    /// null.</exception>
    public void Validate()
    {
        if (Separator is char s && (!char.IsAscii(s) || char.IsLetterOrDigit(s) || s is '"' or '.' or '-' or '+' or '\n' or '\r' or '\0'))
            throw new ArgumentException("a separator is an ASCII character such as , ; | a tab or a blank", nameof(Separator));
        if (Decimal is not (null or '.' or ',')) throw new ArgumentException("decimals follow a point or a comma", nameof(Decimal));
        if (Decimal is char d && d == Separator)
            throw new ArgumentException("one character cannot separate both fields and decimals", nameof(Decimal));
        if (Thousands is not (null or ',' or '.' or '\'' or ' ' or '_'))
            throw new ArgumentException("groups of digits are separated by , . ' _ or a blank", nameof(Thousands));
        if (Thousands is char t && (t == (Decimal ?? '.') || (t == ' ' && Separator == ' ')))
            throw new ArgumentException("groups of digits need a separator of their own", nameof(Thousands));
        ArgumentNullException.ThrowIfNull(KnownNames);
        Ranges.SkipRows.Require(SkipRows);
    }
}
