namespace GpuMlp.Metrics;

/// <summary>How well one class is recognised. A share of nothing counts as 0, as scikit-learn's zero_division=0.</summary>
/// <param name="Rows">How many rows have the label.</param>
/// <param name="Right">How many of them are predicted as this class.</param>
/// <param name="Precision">Of the rows that are predicted as this class, the share that has the label.</param>
/// <param name="Recall">Of the rows that have the label, the share that is predicted as this class.</param>
/// <param name="F1">The harmonic mean of precision and recall.</param>
public readonly record struct ClassMetrics(long Rows, long Right, double Precision, double Recall, double F1);
