namespace GpuMlp.Training;

/// <summary>How far a run has come.</summary>
/// <param name="Steps">Steps made.</param>
/// <param name="Loss">The last step's loss.</param>
/// <param name="Validation">The latest loss on rows that the run does not train on; null if there is none yet.</param>
public readonly record struct TrainingProgress(int Steps, float Loss, ValidationLoss? Validation);
