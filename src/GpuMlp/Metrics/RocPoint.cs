namespace GpuMlp.Metrics;

/// <summary>A point of a ROC curve: what is found and what is raised falsely, if rows of a score and above count as positive.</summary>
/// <param name="FalsePositiveRate">Of the negative rows, the share that counts as positive.</param>
/// <param name="TruePositiveRate">Of the positive rows, the share that counts as positive.</param>
/// <param name="Threshold">The score; infinite at the first point, where no row counts as positive.</param>
public readonly record struct RocPoint(double FalsePositiveRate, double TruePositiveRate, double Threshold);
