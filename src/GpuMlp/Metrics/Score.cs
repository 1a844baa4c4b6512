using GpuMlp.Data;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Numerics;

namespace GpuMlp.Metrics;

/// <summary>How well a network predicts rows of data.</summary>
public sealed record Score
{
    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The mean of the rows' losses.</summary>
    public required double Loss { get; init; }

    /// <summary>Which classes were predicted as which; null for a regression.</summary>
    public ConfusionMatrix? Confusion { get; init; }

    /// <summary>
    /// The ROC curves: of two classes that of class 1, of more one per class against all others; empty for a regression. Null for a class
    /// that no row has, or that every row has.
    /// </summary>
    public IReadOnlyList<RocCurve?> Curves { get; init; } = [];

    /// <summary>How far the predicted numbers are off; null for classes.</summary>
    public RegressionMetrics? Numbers { get; init; }

    /// <summary>The share of the rows that the training rows' largest class would get right; null for a regression.</summary>
    public double? BaselineAccuracy { get; init; }

    /// <summary>The error of the training rows' mean; null for classes.</summary>
    public double? BaselineError { get; init; }

    /// <summary>The share of the rows whose predicted class is their label; null for a regression.</summary>
    public double? Accuracy => Confusion?.Accuracy;

    /// <summary>
    /// The area under the ROC curve, of more than two classes the mean of all classes' areas; null for a regression, and if the rows do not
    /// hold all classes.
    /// </summary>
    public double? Area => Curves.Count > 0 && Curves.All(curve => curve is not null) ? Curves.Average(curve => curve!.Area) : null;

    /// <summary>Whether the network does no better than its baseline.</summary>
    public bool IsNoBetterThanBaseline => Accuracy <= BaselineAccuracy || Numbers?.RootMeanSquareError >= BaselineError;

    /// <summary>Judges a network by what its last linear layer returned for rows.</summary>
    /// <param name="loss">The loss that it was trained with.</param>
    /// <param name="z">Rows × outputs, row-major, without the sigmoid; see <see cref="Sequential.PredictLogits"/>.</param>
    /// <param name="sigmoid">Whether the network ends in a sigmoid.</param>
    /// <param name="data">The rows, with as many classes as the network tells apart; none for a regression.</param>
    /// <param name="baseline">What to compare with, of the rows that the network was trained on.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The outputs do not suit the rows or the loss.</exception>
    public static Score Of(Loss loss, ReadOnlySpan<float> z, bool sigmoid, DataSet data, Baseline baseline)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(data);
        float[] own = data.TargetScale is null ? data.Labels
            : [.. data.Labels.Select((_, k) => (float)data.Target(k / data.Targets, k % data.Targets))];
        var score = new Score
        {
            Rows = data.Count,
            Loss = loss.Mean(z, data.Labels, sigmoid),
            BaselineAccuracy = baseline.Accuracy(data.Labels),
            BaselineError = baseline.RootMeanSquareError(own),
        };
        if (data.ClassCount > 0)
            return score with
            {
                Confusion = ConfusionMatrix.Of(data.Labels, Predictions(z, data.Count), Math.Max(2, data.ClassCount)),
                Curves = CurvesOf(z, data),
            };
        double[] targets = new double[data.Labels.Length], predictions = new double[data.Labels.Length];
        for (int k = 0; k < targets.Length; k++)
        {
            int row = k / data.Targets, target = k % data.Targets;
            targets[k] = data.TargetScale is null ? data.Labels[k] : data.Target(row, target);
            predictions[k] = data.TargetScale?.Undo(z[k], target) ?? (sigmoid ? Sigmoid.Of(z[k]) : z[k]);
        }
        return score with { Numbers = RegressionMetrics.Of(targets, predictions) };
    }

    // one output is the logit of class 1
    static int?[] Predictions(ReadOnlySpan<float> z, int rows)
    {
        int columns = z.Length / rows;
        var predictions = new int?[rows];
        for (int row = 0; row < rows; row++)
            predictions[row] = columns == 1 ? Classification.ClassOf([Sigmoid.Of(z[row])])
                : Classification.ClassOf(z.Slice(row * columns, columns));
        return predictions;
    }

    static IReadOnlyList<RocCurve?> CurvesOf(ReadOnlySpan<float> z, DataSet data)
    {
        int rows = data.Count, columns = z.Length / rows;
        if (columns > 2) return RocCurve.OneVersusRest(data.Labels, Probabilities(z, columns), columns);
        var scores = new double[rows];
        for (int row = 0; row < rows; row++) scores[row] = columns == 1 ? z[row] : (double)z[2 * row + 1] - z[2 * row];
        return [RocCurve.Of([.. data.Labels.Select(label => label == 1)], scores)];
    }

    static double[] Probabilities(ReadOnlySpan<float> z, int columns)
    {
        var p = new double[z.Length];
        for (int row = 0; row < z.Length; row += columns)
        {
            double largest = double.NegativeInfinity, sum = 0;
            foreach (float value in z.Slice(row, columns)) largest = Math.Max(largest, value);
            for (int k = row; k < row + columns; k++) sum += p[k] = Float64.Exp(z[k] - largest);
            for (int k = row; k < row + columns; k++) p[k] /= sum;
        }
        return p;
    }
}
