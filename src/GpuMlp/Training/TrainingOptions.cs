using GpuMlp.Formats;
using GpuMlp.Settings;

namespace GpuMlp.Training;

/// <summary>Which engine trains; both end in the same bits.</summary>
public enum EngineChoice
{
    /// <summary>Fused where that is possible and faster, else layers.</summary>
    Auto,

    /// <summary>Many steps in one launch.</summary>
    Fused,

    /// <summary>Layer by layer.</summary>
    Layers,
}

/// <summary>
/// How a run is carried out. Nothing here but a <see cref="Training.Validation.Patience"/> changes a bit of the result; the
/// <see cref="Recipe"/> decides that.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>The engines by name.</summary>
    public static Names<EngineChoice> Engines { get; } =
        new(("auto", EngineChoice.Auto), ("fused", EngineChoice.Fused), ("layers", EngineChoice.Layers));

    /// <summary>N: a snapshot is taken after the updates of steps 0, N, 2N, … and of the last; 0 for no snapshots.</summary>
    public int SnapshotEvery { get; init; } = 250;

    /// <summary>Which engine trains.</summary>
    public EngineChoice Engine { get; init; }

    /// <summary>Steps per launch of the fused engine; by default as many as take about 0.2 s.</summary>
    public int? StepsPerLaunch { get; init; }

    /// <summary>The rows whose loss is looked at during the run; null for none.</summary>
    public Validation? Validation { get; init; }

    /// <summary>When the run's state is saved; null for never.</summary>
    public Checkpointing? Checkpoints { get; init; }

    /// <summary>Lanes per group of the fused engine; by default as many as suit the device.</summary>
    internal int? LanesPerGroup { get; init; }

    internal void Validate()
    {
        Ranges.SnapshotEvery.Require(SnapshotEvery);
        if (!Enum.IsDefined(Engine)) throw new ArgumentOutOfRangeException(nameof(Engine), Engine, "there is no such engine");
        if (StepsPerLaunch is int steps) ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1, nameof(StepsPerLaunch));
        Validation?.Validate();
        Checkpoints?.Validate();
    }
}
