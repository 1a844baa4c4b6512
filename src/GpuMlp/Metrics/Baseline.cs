using GpuMlp.Data;

namespace GpuMlp.Metrics;

/// <summary>What predicts without a look at any feature: always the largest class, or always the mean, of the training rows.</summary>
/// <param name="Class">The largest class, of equal ones the first; null for a regression.</param>
/// <param name="Value">The mean label in its own units; null for classes and for several targets.</param>
public readonly record struct Baseline(int? Class, double? Value)
{
    /// <summary>The baseline of the rows that a network was trained on.</summary>
    public static Baseline Of(DataSet training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (training.ClassCount == 0)
            return new Baseline(null, training.Targets > 1 ? null : training.TargetScale is null
                ? training.Labels.Average(label => (double)label) : training.Labels.Select((_, row) => training.Target(row, 0)).Average());
        int[] rows = new int[training.ClassCount];
        foreach (float label in training.Labels)
            if (label >= 0 && label < rows.Length) rows[(int)label]++;
        return new Baseline(Array.IndexOf(rows, rows.Max()), null);
    }

    /// <summary>The share of rows whose label is <see cref="Class"/>; null for a regression.</summary>
    public double? Accuracy(ReadOnlySpan<float> labels)
    {
        if (Class is not int largest) return null;
        int right = 0;
        foreach (float label in labels)
            if (label == largest) right++;
        return (double)right / labels.Length;
    }

    /// <summary>The root of the mean squared difference between labels and <see cref="Value"/>; null for classes.</summary>
    public double? RootMeanSquareError(ReadOnlySpan<float> labels)
    {
        if (Value is not double mean) return null;
        double squares = 0;
        foreach (float label in labels) squares += (label - mean) * (label - mean);
        return Math.Sqrt(squares / labels.Length);
    }
}
