using GpuMlp.Formats;
using GpuMlp.Metrics;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Metrics;

/// <summary>Metrics of 1,000 random label vectors are scikit-learn's, to 1e-12; Golden/make_metrics.py drew the same vectors.</summary>
public class ScikitLearnTests
{
    const int Columns = 17, MostClasses = 4, Precision = 1, Recall = 5, F1 = 9, Area = 13, Errors = 14;

    readonly double[] table = Golden.Load("metrics");
    ulong state;

    [Fact]
    public void EveryMetricIsScikitLearns()
    {
        Assert.Equal(1000 * Columns, table.Length);
        for (int sample = 0; sample < 1000; sample++)
        {
            int n = 1 + Below(40), classes = 2 + Below(MostClasses - 1);
            float[] labels = [.. Draw(n, _ => Below(classes))];
            int?[] predictions = [.. Draw(n, row => (int?)(Below(2) == 0 ? (int)labels[row] : Below(classes)))];
            double[][] scores = [.. Draw(n, _ => (double[])[.. Draw(classes, _ => 1.0 + Below(8))])];
            double[] targets = [.. Draw(n, _ => Below(1000) / 7.0)], numbers = [.. Draw(n, row => targets[row] + Below(100) / 9.0)];

            ConfusionMatrix matrix = ConfusionMatrix.Of(labels, predictions, classes);
            Same(sample, 0, matrix.Accuracy);
            for (int k = 0; k < classes; k++)
            {
                ClassMetrics of = matrix.Of(k);
                Same(sample, Precision + k, of.Precision);
                Same(sample, Recall + k, of.Recall);
                Same(sample, F1 + k, of.F1);
            }
            Same(sample, Area, AreaOf(labels, scores, classes));
            RegressionMetrics error = RegressionMetrics.Of(targets, numbers);
            Same(sample, Errors, error.RootMeanSquareError);
            Same(sample, Errors + 1, error.MeanAbsoluteError);
            if (n > 1) Same(sample, Errors + 2, error.R2);
            else Assert.True(double.IsNaN(error.R2));
        }
    }

    static double AreaOf(float[] labels, double[][] scores, int classes)
    {
        double[] shares = [.. scores.SelectMany(row => row.Select(score => score / row.Sum()))];
        if (classes == 2)
            return RocCurve.Of([.. labels.Select(label => label == 1)], [.. shares.Where((_, k) => k % 2 == 1)])?.Area ?? double.NaN;
        IReadOnlyList<RocCurve?> curves = RocCurve.OneVersusRest(labels, shares, classes);
        return curves.Contains(null) ? double.NaN : curves.Average(curve => curve!.Area);
    }

    void Same(int sample, int column, double value)
    {
        double expected = table[sample * Columns + column];
        if (double.IsNaN(expected)) Assert.True(double.IsNaN(value), $"sample {sample}, column {column}: {value}, and none expected");
        else Assert.True(Math.Abs(value - expected) <= 1e-12 * Math.Max(1, Math.Abs(expected)), $"{sample}, {column}: {value} {expected}");
    }

    static IEnumerable<T> Draw<T>(int count, Func<int, T> next) => Enumerable.Range(0, count).Select(next);

    // splitmix64
    int Below(int n)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return (int)(((z ^ z >> 31) >> 33) % (ulong)n);
    }
}
