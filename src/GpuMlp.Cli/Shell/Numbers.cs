namespace GpuMlp.Cli.Shell;

/// <summary>Numbers as records have them.</summary>
static class Numbers
{
    /// <summary>A time in seconds, to the microsecond.</summary>
    public static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}
