namespace GpuMlp.Cli.Shell;

/// <summary>Formats of numbers in records.</summary>
static class Numbers
{
    /// <summary>A duration in seconds, rounded to microseconds.</summary>
    public static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}
