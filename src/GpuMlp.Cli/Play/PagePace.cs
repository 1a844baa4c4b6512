using System.Diagnostics;

namespace GpuMlp.Cli.Play;

/// <summary>
/// How many steps are due: as many per second as the page asks for, or all that the machine can make between two pictures.
/// </summary>
sealed class PagePace
{
    // a message waits no longer for the steps that are being made
    const double Chunk = 0.008;

    const int Guess = 64;

    long before;
    double owed, measured, counted;
    long countedFrom;

    /// <summary>Steps per second; 0 for as many as possible.</summary>
    public int PerSecond { get; set; }

    /// <summary>Steps per second that were made, over about the last half second.</summary>
    public double Rate { get; private set; }

    /// <summary>How many steps to make now; 0 if the next one is not due.</summary>
    public int Due()
    {
        int most = measured > 0 ? (int)Math.Clamp(measured * Chunk, 1, 1 << 24) : Guess;
        if (PerSecond == 0) return most;
        owed = before == 0 ? 1 : Math.Min(owed + Stopwatch.GetElapsedTime(before).TotalSeconds * PerSecond, 4.0 * most);
        before = Stopwatch.GetTimestamp();
        return (int)Math.Min(owed, most);
    }

    /// <summary>How long no step is due.</summary>
    public TimeSpan Rest => PerSecond == 0 || owed >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min((1 - owed) / PerSecond, 1 / 30.0));

    /// <summary>Counts steps that were made.</summary>
    public void Made(int steps, TimeSpan time)
    {
        if (steps > 0) measured = steps / Math.Max(time.TotalSeconds, 1e-6);
        owed = Math.Max(0, owed - steps);
        counted += steps;
        if (countedFrom == 0) countedFrom = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(countedFrom).TotalSeconds;
        if (seconds < 0.5) return;
        (Rate, counted, countedFrom) = (counted / seconds, 0, Stopwatch.GetTimestamp());
    }

    /// <summary>Nothing is due while the training is paused.</summary>
    public void Stop() => (before, owed, counted, countedFrom, Rate) = (0, 0, 0, 0, 0);
}
