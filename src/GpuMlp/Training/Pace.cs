using System.Diagnostics;

namespace GpuMlp.Training;

/// <summary>How many steps to make at a time: as many as take about 0.2 s, measured as they are made.</summary>
/// <remarks>A launch should neither trip a GPU's watchdog nor keep Ctrl+C waiting, whatever a step costs.</remarks>
/// <param name="guess">Steps a second, for the first time.</param>
sealed class Pace(double guess)
{
    const double Seconds = 0.2;

    double? measured;

    /// <summary>The steps to make next: one at least.</summary>
    internal int Steps(int most) => (int)Math.Clamp((measured ?? guess) * Seconds, 1, Math.Max(1, most));

    /// <summary>Takes in that steps were made since a time stamp.</summary>
    internal void Made(int steps, long since) => measured = steps / Math.Max(Stopwatch.GetElapsedTime(since).TotalSeconds, 1e-6);

    /// <summary>Forgets what was measured.</summary>
    internal void Reset() => measured = null;
}
