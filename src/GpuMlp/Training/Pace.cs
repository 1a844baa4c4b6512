using System.Diagnostics;

namespace GpuMlp.Training;

/// <summary>Chooses how many steps to make at a time: as many as take about 0.2 s by the last measurement.</summary>
/// <remarks>No launch is then long enough to trip a GPU's watchdog or to keep Ctrl+C waiting, whatever a step costs.</remarks>
/// <param name="guess">Steps per second, used until there is a measurement.</param>
sealed class Pace(double guess)
{
    const double Seconds = 0.2;

    double? measured;

    /// <summary>How many steps to make next: from 1 to <paramref name="most"/>.</summary>
    internal int Steps(int most) => (int)Math.Clamp((measured ?? guess) * Seconds, 1, Math.Max(1, most));

    /// <summary>Records that steps were made since a time stamp.</summary>
    internal void Made(int steps, long since) => measured = steps / Math.Max(Stopwatch.GetElapsedTime(since).TotalSeconds, 1e-6);

    /// <summary>Forgets the measurement.</summary>
    internal void Reset() => measured = null;
}
