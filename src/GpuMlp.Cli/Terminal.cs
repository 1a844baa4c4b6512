using System.Globalization;
using Spectre.Console;

namespace GpuMlp.Cli;

/// <summary>What the program says: results on stdout, errors, notes and progress on stderr.</summary>
/// <param name="quiet">Whether to say nothing but errors and what was asked for as JSON.</param>
/// <param name="json">Whether the result is a JSON object, so that nothing else may be on stdout.</param>
sealed class Terminal(bool quiet, bool json)
{
    static readonly TimeSpan BarAfter = TimeSpan.FromSeconds(0.4), LineEvery = TimeSpan.FromSeconds(2);

    /// <summary>Whether stderr is a screen, so that a line on it can be drawn over.</summary>
    public static bool IsInteractive => !Console.IsErrorRedirected;

    /// <summary>Whether the result is asked for as JSON.</summary>
    public bool Json => json;

    /// <summary>Prints an error, always.</summary>
    public static void Error(string message) => Console.Error.WriteLine($"gpumlp: {message.ReplaceLineEndings(" ")}");

    /// <summary>Prints a line on what goes on.</summary>
    public void Note(string message)
    {
        if (!quiet) Console.Error.WriteLine(message);
    }

    /// <summary>Prints a part of the result for people.</summary>
    public void Say(string message)
    {
        if (!quiet && !json) Console.Out.WriteLine(message);
    }

    /// <summary>Shows how far a job of many items is: a bar on a screen, else a line now and then; nothing where it is done at once.</summary>
    public Progress Follow(string what, string items, int count) => new(quiet ? null : what, items, count);

    /// <summary>Rows as aligned columns, the first row as their heads.</summary>
    public static IEnumerable<string> Columns(IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>Follows one job; disposed when the job has ended.</summary>
    public sealed class Progress(string? what, string items, int count) : IDisposable
    {
        readonly long start = System.Diagnostics.Stopwatch.GetTimestamp();
        TimeSpan lastLine;
        Task? bar;
        volatile int done;
        volatile bool ended;

        /// <summary>Tells how many items are done, and the loss after the last where there is one.</summary>
        public void Report(int itemsDone, float? loss = null)
        {
            done = itemsDone;
            TimeSpan elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            if (what is null || elapsed < BarAfter) return;
            if (IsInteractive) bar ??= Task.Run(DrawBar);
            else if (elapsed - lastLine >= LineEvery)
            {
                lastLine = elapsed;
                string last = loss is null ? "" : string.Create(CultureInfo.InvariantCulture, $", loss {loss:G4}");
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {itemsDone:N0} of {count:N0} {items}{last}"));
            }
        }

        void DrawBar()
        {
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            console.Progress().AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(context =>
                {
                    ProgressTask task = context.AddTask(what!, maxValue: Math.Max(1, count));
                    while (!ended)
                    {
                        task.Value = done;
                        Thread.Sleep(50);
                    }
                });
        }

        /// <summary>Takes the bar away.</summary>
        public void Dispose()
        {
            ended = true;
            bar?.Wait();
        }
    }
}
