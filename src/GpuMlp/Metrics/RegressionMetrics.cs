namespace GpuMlp.Metrics;

/// <summary>How far predicted numbers are from the right ones.</summary>
/// <param name="RootMeanSquareError">The root of the mean squared error.</param>
/// <param name="MeanAbsoluteError">The mean absolute error.</param>
/// <param name="R2">
/// The coefficient of determination, 1 - Σ(y - p)² / Σ(y - mean)²: 1 is perfect, 0 is what the mean of these rows does. Where all targets
/// are equal it is 1 for perfect predictions and else 0, and of a single row NaN, as in scikit-learn.
/// </param>
public readonly record struct RegressionMetrics(double RootMeanSquareError, double MeanAbsoluteError, double R2)
{
    /// <summary>Compares predictions with targets, in float64.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or there are no rows.</exception>
    public static RegressionMetrics Of(ReadOnlySpan<double> targets, ReadOnlySpan<double> predictions)
    {
        if (targets.Length != predictions.Length || targets.IsEmpty)
            throw new ArgumentException($"{targets.Length} targets and {predictions.Length} predictions; a row has one of both");
        int n = targets.Length;
        double mean = 0, squares = 0, absolute = 0, spread = 0;
        foreach (double target in targets) mean += target / n;
        for (int row = 0; row < n; row++)
        {
            double error = predictions[row] - targets[row], away = targets[row] - mean;
            squares += error * error;
            absolute += Math.Abs(error);
            spread += away * away;
        }
        double r2 = n == 1 ? double.NaN : squares == 0 ? 1 : spread == 0 ? 0 : 1 - squares / spread;
        return new RegressionMetrics(Math.Sqrt(squares / n), absolute / n, r2);
    }
}
