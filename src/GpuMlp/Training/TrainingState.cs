namespace GpuMlp.Training;

/// <summary>
/// All that a training needs to go on from where it is: a trainer with the same recipe and data that continues from it ends in the bits
/// of a run that never stopped, in any engine and on any device with the same bits.
/// </summary>
/// <remarks>The rows of a step are drawn by its number, so they need no state of their own.</remarks>
/// <param name="Steps">Steps made.</param>
/// <param name="Parameters">The parameters after these steps, in the arena's layout.</param>
/// <param name="Optimizer">The optimizer's state after these steps, a whole number of arenas; empty for plain descent.</param>
public sealed record TrainingState(int Steps, float[] Parameters, float[] Optimizer)
{
    /// <summary>The network and its loss in words, by which a trainer refuses the state of another; null: not known.</summary>
    public string? Network { get; init; }

    /// <summary>The validation losses that were looked at, in order.</summary>
    public IReadOnlyList<ValidationLoss> Validation { get; init; } = [];

    /// <summary>The parameters of the best look; null without a patience, or before the first look.</summary>
    public float[]? Best { get; init; }
}

/// <summary>Where a run is when its state is saved.</summary>
/// <param name="State">The state.</param>
/// <param name="FirstStep">The number of the first step that this run made.</param>
/// <param name="Losses">The loss of each step that this run made so far.</param>
/// <param name="Snapshots">The snapshots that this run took so far, but for the one of its end.</param>
public sealed record Checkpoint(TrainingState State, int FirstStep, ReadOnlyMemory<float> Losses, IReadOnlyList<Snapshot> Snapshots);

/// <summary>When a run's state is saved: at its end, and before that every so many steps or after so much time where asked.</summary>
/// <param name="Save">Called with the run's state, between two launches.</param>
public sealed record Checkpointing(Action<Checkpoint> Save)
{
    /// <summary>Steps from one checkpoint to the next; null to go by the time.</summary>
    public int? Steps { get; init; }

    /// <summary>The least time from one checkpoint to the next; null to go by the steps.</summary>
    public TimeSpan? Time { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Save);
        if (Steps is int steps) ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1, nameof(Steps));
        if (Time is TimeSpan time) ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, nameof(Time));
    }
}
