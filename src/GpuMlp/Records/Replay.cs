namespace GpuMlp.Records;

/// <summary>What a record has to train again by.</summary>
/// <param name="Config">The settings.</param>
/// <param name="Data">The data that they were used on; null where the record does not say it.</param>
public sealed record Replay(TrainConfig Config, RunData? Data);
