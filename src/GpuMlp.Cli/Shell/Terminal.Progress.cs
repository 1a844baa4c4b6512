using System.Diagnostics;
using Spectre.Console;
using static System.FormattableString;

namespace GpuMlp.Cli.Shell;

// How far a job has come: a bar on a screen, lines elsewhere.
sealed partial class Terminal
{
    static readonly TimeSpan BarAfter = TimeSpan.FromSeconds(0.4), LineEvery = TimeSpan.FromSeconds(2);
    static readonly TimeSpan BarPatience = TimeSpan.FromSeconds(1);

    /// <summary>Follows one job; disposed when the job ends.</summary>
    public sealed class Progress(string? what, string items, int count, int before) : IDisposable
    {
        readonly long start = Stopwatch.GetTimestamp();
        TimeSpan lastLine;
        Task? bar;
        volatile int done;
        volatile string state = "";
        volatile bool ended;

        /// <summary>Tells how many items are done, and the loss of the last item where there is one.</summary>
        public void Report(int itemsDone, float? loss = null)
        {
            done = itemsDone;
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (what is null || elapsed < BarAfter) return;
            double rate = (itemsDone - before) / elapsed.TotalSeconds;
            string last = loss is null ? "" : Invariant($", loss {loss:G4}");
            if (IsInteractive)
            {
                state = Invariant($" {itemsDone:N0}{last}, {Text(rate)}/s");
                Draw();
            }
            else if (elapsed - lastLine >= LineEvery)
            {
                lastLine = elapsed;
                string left = rate > 0 && itemsDone < count ? $", {Left((count - itemsDone) / rate)} left" : "";
                Log(Plain(Invariant($"{what}: {itemsDone:N0} of {count:N0} {items}{last}, {Text(rate)} {items}/s{left}")));
            }
        }

        static string Text(double rate) => rate switch
        {
            >= 1e6 => Invariant($"{rate / 1e6:0.0} million"),
            >= 10 => Invariant($"{rate:N0}"),
            _ => Invariant($"{rate:0.0}"),
        };

        static string Left(double seconds) => seconds switch
        {
            < 100 => Invariant($"{Math.Ceiling(seconds):0} s"),
            < 6000 => Invariant($"{Math.Ceiling(seconds / 60):0} min"),
            _ => Invariant($"{Math.Ceiling(seconds / 3600):N0} h"),
        };

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
                        task.Description = Markup.Escape(Plain(what! + state));
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
