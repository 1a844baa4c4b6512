using GpuMlp.Settings;
using static System.FormattableString;

namespace GpuMlp.Cli.Play;

/// <summary>How far a training goes.</summary>
static class TrainSteps
{
    /// <summary>The most steps, which are as many as train makes.</summary>
    public static int Most => Ranges.Steps.Most;

    /// <summary>What a page says when a training has made them.</summary>
    public static string Enough => Invariant($"{Most:N0} steps are made, which is the most that one training makes");
}
