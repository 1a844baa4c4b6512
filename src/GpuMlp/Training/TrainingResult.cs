namespace GpuMlp.Training;

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>All steps were made.</summary>
    Completed,

    /// <summary>A loss or a weight was not finite.</summary>
    Diverged,

    /// <summary>The caller cancelled the run.</summary>
    Cancelled,

    /// <summary>The validation loss did not fall any more.</summary>
    Patience,
}

/// <summary>The parameters after the update of a step, in the arena's layout.</summary>
/// <param name="Step">The step; for the network at the end of the run the number of steps.</param>
/// <param name="Loss">The loss of the last step made before the snapshot.</param>
/// <param name="Parameters">The arena's floats.</param>
public sealed record Snapshot(int Step, float Loss, float[] Parameters);

/// <summary>The result of a run.</summary>
/// <param name="Losses">The loss of every step that was made, from <see cref="FirstStep"/> on.</param>
/// <param name="Snapshots">The snapshots that were asked for.</param>
/// <param name="StopReason">Why the run ended.</param>
/// <param name="DivergedStep">
/// The first step whose loss was not finite, or the last step of the chunk that left a weight not finite.
/// </param>
public sealed record TrainingResult(float[] Losses, IReadOnlyList<Snapshot> Snapshots, StopReason StopReason, int? DivergedStep)
{
    /// <summary>The validation losses that were looked at, in order.</summary>
    public IReadOnlyList<ValidationLoss> Validation { get; init; } = [];

    /// <summary>After how many steps the network had the parameters that it ends with; null if that is after the last step.</summary>
    public int? RestoredSteps { get; init; }

    /// <summary>The number of the run's first step: 0, or where it went on.</summary>
    public int FirstStep { get; init; }

    /// <summary>Steps made since step 0.</summary>
    public int Steps => FirstStep + Losses.Length;

    /// <summary>The last step's loss; NaN if no step was made.</summary>
    public float FinalLoss => Losses.Length > 0 ? Losses[^1] : float.NaN;

    /// <summary>The mean of the last 1,000 losses.</summary>
    public float MeanLossLast1000 => MeanOfLast(Losses);

    /// <summary>The number of last losses that their mean is taken over, or all where there are fewer.</summary>
    public const int LastLosses = 1000;

    /// <summary>The mean of the last <see cref="LastLosses"/> of a run's losses; NaN if there are none.</summary>
    public static float MeanOfLast(ReadOnlySpan<float> losses)
    {
        if (losses.Length > LastLosses) losses = losses[^LastLosses..];
        double sum = 0;
        foreach (float loss in losses) sum += loss;
        return losses.Length > 0 ? (float)(sum / losses.Length) : float.NaN;
    }
}
