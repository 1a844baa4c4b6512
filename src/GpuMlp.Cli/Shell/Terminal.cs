using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace GpuMlp.Cli.Shell;

/// <summary>What the program prints: results on stdout; errors, notes and progress on stderr.</summary>
/// <param name="quiet">Whether to print only errors and JSON that was asked for.</param>
/// <param name="json">Whether the result is a JSON object; nothing else may then be on stdout.</param>
sealed partial class Terminal(bool quiet, bool json)
{
    const int MuchToRead = 1 << 22;

    static readonly TimeSpan PhaseAfter = TimeSpan.FromSeconds(0.5);

    // a message may hold a path, which has at most 4,096 characters; nothing longer is useful
    const int LongestLine = 5000;

    static readonly Lock gate = new();
    static Progress? shown;                                        // the job whose bar is on the screen

    /// <summary>Whether stderr is a screen, so that a line on it can be redrawn.</summary>
    public static bool IsInteractive { get; } = StandardStreams.IsErrorScreen();

    /// <summary>Whether the result is asked for as JSON.</summary>
    public bool Json => json;

    /// <summary>Prints an error, even with --quiet.</summary>
    public static void Error(string message) => Log($"gpumlp: {Plain(message)}");

    /// <summary>Prints an error of the program itself, with its stack trace.</summary>
    public static void Fault(Exception e)
    {
        IEnumerable<string> lines = e.ToString().ReplaceLineEndings("\n").Split('\n').Select(Plain);
        Log($"gpumlp: this is a fault of gpumlp, please report it:\n{string.Join('\n', lines)}");
    }

    /// <summary>Prints a line about the progress of the work.</summary>
    public void Note(string message)
    {
        if (!quiet) Log(Plain(message));
    }

    /// <summary>Prints a line about a result that is also in files; no error if it cannot be printed.</summary>
    public void Say(string message)
    {
        try
        {
            if (!quiet && !json) Print(Plain(message));
        }
        catch (IOException) { }
    }

    /// <summary>Prints a result that is not in any file.</summary>
    /// <param name="text">
    /// JSON, help, or a row of <see cref="Columns"/>: texts of others in it have gone through <see cref="Plain"/>.
    /// </param>
    /// <exception cref="IOException">stdout cannot be written.</exception>
    public static void Print(string text) => StandardStreams.Write(() => Console.Out.WriteLine(text));

    /// <summary>Prints a row of a result that is not in any file, unless --quiet or --json is given.</summary>
    /// <exception cref="IOException">stdout cannot be written.</exception>
    public void Show(string row)
    {
        if (!quiet && !json) Print(row);
    }

    /// <summary>Shows the progress of a job of many items: a bar on a screen, else a line now and then; nothing for a short job.</summary>
    /// <param name="what">The job.</param>
    /// <param name="items">What it is made of.</param>
    /// <param name="count">How many.</param>
    /// <param name="before">How many of them were done by an earlier job.</param>
    public Progress Follow(string what, string items, int count, int before = 0) => new(quiet ? null : what, items, count, before);

    /// <summary>Says what goes on where it takes longer than half a second; dispose it when it is done.</summary>
    /// <param name="what">What goes on.</param>
    /// <param name="isMuch">Whether it may take long: on a busy machine everything may, and a short job is not worth a line.</param>
    public IDisposable During(string what, bool isMuch) =>
        new Timer(_ => Note(what), null, quiet || !isMuch ? Timeout.InfiniteTimeSpan : PhaseAfter, Timeout.InfiniteTimeSpan);

    /// <summary><see cref="During(string, bool)"/> for reading: a pipe, whose writer may be slow, or a file of some megabytes.</summary>
    public IDisposable DuringReading(string path)
    {
        bool isSmall = File.Exists(path) && new FileInfo(path).Length is > 0 and <= MuchToRead;
        return During($"reading {(path == "-" ? "the standard input" : path)}", !isSmall);
    }

    /// <summary>Rows as aligned columns; the first row holds the headings.</summary>
    public static IEnumerable<string> Columns(IReadOnlyList<string[]> rows)
    {
        string[][] cells = [.. rows.Select(row => row.Select(Plain).ToArray())];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => cells.Max(row => row[column].Length))];
        return cells.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>
    /// A text as one line that cannot act on the terminal: each character that controls it, or that hides or turns others, becomes its
    /// number.
    /// </summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (plain.Length >= LongestLine) return $"{plain}…";
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                plain.Append(CultureInfo.InvariantCulture, $"{(rune.Value < 256 ? @"\x" : @"\u")}{rune.Value:x2}");
            }
            else plain.Append(rune);
        }
        return plain.ToString();
    }

    /// <summary>Shows the cursor again, which a progress bar hides, before the program ends while a bar is drawn.</summary>
    public static void Restore()
    {
        if (IsInteractive) StandardStreams.Log("\e[?25h");
    }

    // hides the bar first: it would draw over the line
    static void Log(string line)
    {
        lock (gate)
        {
            shown?.Hide();
            StandardStreams.Log(line);
        }
    }
}
