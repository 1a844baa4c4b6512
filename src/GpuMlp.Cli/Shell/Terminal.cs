using System.Globalization;
using System.Text;
using Spectre.Console;
using static System.FormattableString;

namespace GpuMlp.Cli.Shell;

/// <summary>What the program prints: results on stdout; errors, notes and progress on stderr.</summary>
/// <param name="quiet">Whether to print only errors and JSON that was asked for.</param>
/// <param name="json">Whether the result is a JSON object; nothing else may then be on stdout.</param>
sealed class Terminal(bool quiet, bool json)
{
    static readonly TimeSpan BarAfter = TimeSpan.FromSeconds(0.4), LineEvery = TimeSpan.FromSeconds(2);
    static readonly TimeSpan BarPatience = TimeSpan.FromSeconds(1);

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
    public Progress Follow(string what, string items, int count) => new(quiet ? null : what, items, count);

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

    /// <summary>Follows one job; disposed when the job ends.</summary>
    public sealed class Progress(string? what, string items, int count) : IDisposable
    {
        readonly long start = System.Diagnostics.Stopwatch.GetTimestamp();
        TimeSpan lastLine;
        Task? bar;
        volatile int done;
        volatile bool ended;

        /// <summary>Tells how many items are done, and the loss of the last item where there is one.</summary>
        public void Report(int itemsDone, float? loss = null)
        {
            done = itemsDone;
            TimeSpan elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            if (what is null || elapsed < BarAfter) return;
            if (IsInteractive) Draw();
            else if (elapsed - lastLine >= LineEvery)
            {
                lastLine = elapsed;
                string last = loss is null ? "" : Invariant($", loss of the last {loss:G4}");
                Log(Plain(Invariant($"{what}: {itemsDone:N0} of {count:N0} {items}{last}")));
            }
        }

        void Draw()
        {
            lock (gate)
            {
                if (bar is not null) return;
                (ended, shown) = (false, this);
                bar = Task.Run(DrawBar);
            }
        }

        void DrawBar()
        {
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            console.Progress().AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(context =>
                {
                    ProgressTask task = context.AddTask(Markup.Escape(Plain(what!)), maxValue: Math.Max(1, count));
                    while (!ended)
                    {
                        task.Value = done;
                        Thread.Sleep(50);
                    }
                });
        }

        /// <summary>Removes the bar; the next report draws it again.</summary>
        internal void Hide()
        {
            ended = true;
            try { bar?.Wait(BarPatience); }
            catch (AggregateException) { }                         // a bar that could not be drawn
            (bar, shown) = (null, null);
        }

        /// <summary>Removes the bar.</summary>
        public void Dispose()
        {
            lock (gate)
                if (bar is not null) Hide();
        }
    }
}
