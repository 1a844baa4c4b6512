using GpuMlp.Optimizers;

namespace GpuMlp.Training;

/// <summary>Which engine trains; both end in the same bits.</summary>
public enum EngineChoice
{
    /// <summary>Fused where it can, else layers.</summary>
    Auto,

    /// <summary>Many steps in one launch.</summary>
    Fused,

    /// <summary>Layer by layer.</summary>
    Layers,
}

/// <summary>How to train.</summary>
public sealed record TrainingOptions
{
    /// <summary>Number of steps, each on one batch.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Examples a step, drawn independently with replacement; may exceed the data.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The learning rate, before the optimizer's schedule.</summary>
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>How parameters are moved by their gradients.</summary>
    public OptimizerSpec Optimizer { get; init; } = OptimizerSpec.Default;

    /// <summary>A snapshot after the update of every such step (0, N, 2N, …) and of the last; 0 takes none.</summary>
    public int SnapshotEvery { get; init; } = 250;

    /// <summary>Which engine trains.</summary>
    public EngineChoice Engine { get; init; }

    /// <summary>Steps of one launch of the fused engine; by default as many as take about 0.2 s. The bits do not depend on it.</summary>
    public int? StepsPerLaunch { get; init; }

    /// <summary>Lanes of the fused engine's groups, by default as many as suit the device. The bits do not depend on it.</summary>
    internal int? LanesPerGroup { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(Batch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(SnapshotEvery);
        if (StepsPerLaunch is int steps) ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1, nameof(StepsPerLaunch));
        Layers.Layer.RequireRate(LearningRate);
        Optimizer.Validate();
    }
}
