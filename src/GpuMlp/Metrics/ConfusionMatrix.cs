namespace GpuMlp.Metrics;

/// <summary>How many rows of each class were predicted as each class.</summary>
public sealed class ConfusionMatrix
{
    readonly long[,] counts;
    readonly long[] rows;                                                   // of each class, those without a prediction included

    ConfusionMatrix(long[,] counts, long[] rows) => (this.counts, this.rows) = (counts, rows);

    /// <summary>Counts rows.</summary>
    /// <param name="labels">The class number of each row, 0 to <paramref name="classes"/> - 1.</param>
    /// <param name="predictions">
    /// The class number that was predicted for each row; null where there is none, which is wrong and stands in no column.
    /// </param>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are no rows, or a number is no class.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is not in 1 to 10,000.</exception>
    public static ConfusionMatrix Of(ReadOnlySpan<float> labels, ReadOnlySpan<int?> predictions, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 10_000);
        if (labels.Length != predictions.Length || labels.IsEmpty)
            throw new ArgumentException($"{labels.Length} labels and {predictions.Length} predictions; a row has one of both");
        var counts = new long[classes, classes];
        var rows = new long[classes];
        for (int row = 0; row < labels.Length; row++)
        {
            int label = (int)labels[row];
            if (label != labels[row] || label < 0 || label >= classes || predictions[row] < 0 || predictions[row] >= classes)
                throw new ArgumentException(
                    $"row {row}: label {labels[row]:R} and prediction {predictions[row]}; classes are 0 to {classes - 1}");
            rows[label]++;
            if (predictions[row] is int predicted) counts[label, predicted]++;
        }
        return new ConfusionMatrix(counts, rows);
    }

    /// <summary>The number of classes.</summary>
    public int Classes => rows.Length;

    /// <summary>The number of rows.</summary>
    public long Rows => rows.Sum();

    /// <summary>How many rows of class <paramref name="label"/> were predicted as class <paramref name="prediction"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long this[int label, int prediction] => counts[Require(label), Require(prediction)];

    /// <summary>How many rows were predicted as what they are.</summary>
    public long Right => Enumerable.Range(0, Classes).Sum(k => counts[k, k]);

    /// <summary>The share of the rows that were predicted as what they are.</summary>
    public double Accuracy => (double)Right / Rows;

    /// <summary>The 95 % interval of <see cref="Accuracy"/>, by Wilson.</summary>
    public Interval AccuracyInterval => Interval.Wilson(Right, Rows);

    /// <summary>How well one class is recognised.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public ClassMetrics Of(int k)
    {
        long right = counts[Require(k), k], predicted = 0;
        for (int label = 0; label < Classes; label++) predicted += counts[label, k];
        return new ClassMetrics(rows[k], right, Share(right, predicted), Share(right, rows[k]), Share(2 * right, predicted + rows[k]));
    }

    static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    int Require(int k) => (uint)k < (uint)Classes ? k
        : throw new ArgumentOutOfRangeException(nameof(k), k, $"classes are 0 to {Classes - 1}");
}
