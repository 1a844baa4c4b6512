namespace GpuMlp.Training;

/// <summary>The loss on rows that a run does not train on.</summary>
/// <param name="Steps">How many steps had been made.</param>
/// <param name="Loss">The mean of the rows' losses.</param>
public readonly record struct ValidationLoss(int Steps, double Loss);
