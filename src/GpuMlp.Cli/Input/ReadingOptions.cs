using System.CommandLine;
using GpuMlp.Cli.Shell;
using GpuMlp.Tables;

namespace GpuMlp.Cli.Input;

/// <summary>The options of a verb that say how a file holds its table.</summary>
sealed class ReadingOptions
{
    readonly Option<string> separator = new("--separator"), point = new("--decimal"), thousands = new("--thousands");
    readonly Option<bool> header = new("--header"), noHeader = new("--no-header");
    readonly Option<string> skip = new("--skip-rows");

    /// <summary>The lines of the help.</summary>
    public static IReadOnlyList<(string, string)> Rows { get; } =
    [
        ("--separator C", "character between fields, or comma, semicolon, tab, space, bar [guessed]"),
        ("--decimal C", "character before decimals: point or comma [guessed]"),
        ("--thousands C", "character between groups of digits [none]"),
        ("--header, --no-header", "whether the first row names the columns [guessed]"),
        ("--skip-rows N", "lines to skip at the start [0]"),
    ];

    /// <summary>The options.</summary>
    public IEnumerable<Option> All => [separator, point, thousands, header, noHeader, skip];

    /// <summary>What a command line says.</summary>
    /// <exception cref="UsageException">A value is not allowed.</exception>
    public TableReadOptions Read(ParseResult line)
    {
        if (line.GetValue(header) && line.GetValue(noHeader))
            throw UsageException.For("no-header", "true", "--header says the contrary; leave one out");
        string lines = line.GetValue(skip) ?? "0";
        var options = new TableReadOptions
        {
            Separator = Character(line, separator),
            Decimal = Character(line, point),
            Thousands = Character(line, thousands),
            Header = line.GetValue(header) ? true : line.GetValue(noHeader) ? false : null,
            SkipRows = Value("skip-rows", lines, text => Settings.Ranges.SkipRows.Parse(text)),
        };
        try { options.Validate(); }
        catch (ArgumentException e) { throw new UsageException($"--{e.ParamName!.ToLowerInvariant()}: {UsageException.Plain(e)}", e); }
        return options;
    }

    /// <summary>The options that say something, and what they were given.</summary>
    public static IEnumerable<(string Option, string Value)> Given(TableReadOptions options)
    {
        (string, string?)[] all =
        [
            ("separator", TableReadOptions.NameOf(options.Separator)), ("decimal", TableReadOptions.NameOf(options.Decimal)),
            ("thousands", TableReadOptions.NameOf(options.Thousands)), ("skip-rows", options.SkipRows > 0 ? $"{options.SkipRows}" : null),
            ("header", options.Header == true ? "true" : null), ("no-header", options.Header == false ? "true" : null),
        ];
        return from option in all where option.Item2 is not null select (option.Item1, option.Item2);
    }

    /// <summary>Refuses options of text for a file of arrays.</summary>
    /// <exception cref="UsageException">There is one.</exception>
    public static void RefuseForArrays(string path, TableReadOptions options)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".npy" or ".npz")) return;
        foreach ((string option, string value) in Given(options))
            throw UsageException.For(option, value, $"{path} holds arrays; it is for files of text");
    }

    static char? Character(ParseResult line, Option<string> option) =>
        line.GetValue(option) is string text ? Value(option.Name.TrimStart('-'), text, TableReadOptions.ParseCharacter) : null;

    static T Value<T>(string option, string text, Func<string, T> read)
    {
        try { return read(text); }
        catch (FormatException e) { throw UsageException.For(option, text, e.Message, e); }
    }
}
