namespace GpuMlp.Training;

/// <summary>How to train.</summary>
public sealed record TrainingOptions
{
    /// <summary>Number of steps, each on one batch.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Examples a step, drawn independently with replacement; may exceed the data.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The learning rate of gradient descent.</summary>
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>A snapshot after the update of every such step (0, N, 2N, …) and of the last; 0 takes none.</summary>
    public int SnapshotEvery { get; init; } = 250;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(Batch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(SnapshotEvery);
        Layers.Layer.RequireRate(LearningRate);
    }
}
