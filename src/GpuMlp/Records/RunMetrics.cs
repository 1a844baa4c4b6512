using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Metrics;

namespace GpuMlp.Records;

/// <summary>How well a trained network does.</summary>
/// <param name="Training">On the rows that it was trained on.</param>
public sealed record RunMetrics(RowMetrics Training)
{
    /// <summary>On the rows that were looked at during the training, but not trained on; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RowMetrics? Validation { get; init; }

    /// <summary>On rows that had no part in the training; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RowMetrics? Test { get; init; }

    /// <summary>Of other networks of the same recipe, each on rows that it was not trained on; absent without a cross-validation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FoldsMetrics? Folds { get; init; }
}

/// <summary>A cross-validation.</summary>
/// <param name="Loss">The mean loss over the folds.</param>
/// <param name="Accuracy">The accuracy over the folds; absent for a regression.</param>
/// <param name="Rmse">The error over the folds; absent for classes.</param>
/// <param name="Seconds">How long its training and judging took.</param>
/// <param name="Folds">How well each fold's network does on the rows that it was not trained on; null for one that diverged.</param>
public sealed record FoldsMetrics(
    MeanAndDeviation Loss,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MeanAndDeviation? Accuracy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MeanAndDeviation? Rmse,
    double Seconds, IReadOnlyList<RowMetrics?> Folds);

/// <summary>The mean of some numbers, and their standard deviation (divided by their number less one).</summary>
/// <param name="Mean">The mean; null if there are no numbers.</param>
/// <param name="Deviation">The deviation; null if there are fewer than two.</param>
public sealed record MeanAndDeviation(double? Mean, double? Deviation)
{
    /// <summary>The mean and deviation of numbers.</summary>
    public static MeanAndDeviation Of(IReadOnlyCollection<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Count == 0) return new(null, null);
        double mean = numbers.Average();
        double? deviation = numbers.Count == 1 ? null : Math.Sqrt(numbers.Sum(x => (x - mean) * (x - mean)) / (numbers.Count - 1));
        return new(RunRecord.Finite(mean), deviation is double known ? RunRecord.Finite(known) : null);
    }
}

/// <summary>How well a network does on some rows. What does not go with its labels is absent, or null where it was always there.</summary>
public sealed record RowMetrics
{
    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The mean of the rows' losses; null if it is not finite.</summary>
    public required double? Loss { get; init; }

    /// <summary>The share of the rows whose predicted class is their label; null for a regression.</summary>
    public required double? Accuracy { get; init; }

    /// <summary>The lower end of the 95 % interval of the accuracy, by Wilson.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AccuracyLow { get; init; }

    /// <summary>The upper end of the 95 % interval of the accuracy, by Wilson.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AccuracyHigh { get; init; }

    /// <summary>The area under the ROC curve, of more than two classes the mean over each against the rest; absent if undefined.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Auc { get; init; }

    /// <summary>How many rows of each class (first index) were predicted as each class (second index).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(ConfusionJson))]
    public IReadOnlyList<IReadOnlyList<long>>? Confusion { get; init; }

    /// <summary>How well each class is recognised.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ClassRow>? PerClass { get; init; }

    /// <summary>The root of the mean squared error of a regression.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Rmse { get; init; }

    /// <summary>The mean absolute error of a regression.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Mae { get; init; }

    /// <summary>The coefficient of determination of a regression.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? R2 { get; init; }

    /// <summary>What somebody gets who looks at no feature.</summary>
    public required BaselineRow Baseline { get; init; }

    /// <summary>A score as records hold it.</summary>
    /// <param name="score">The score.</param>
    /// <param name="classNames">The name of each class; none for a regression.</param>
    public static RowMetrics Of(Score score, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(score);
        ArgumentNullException.ThrowIfNull(classNames);
        int[] classes = [.. Enumerable.Range(0, score.Confusion?.Classes ?? 0)];
        return new RowMetrics
        {
            Rows = score.Rows,
            Loss = RunRecord.Finite(score.Loss),
            Accuracy = score.Accuracy,
            AccuracyLow = score.Confusion?.AccuracyInterval.Low,
            AccuracyHigh = score.Confusion?.AccuracyInterval.High,
            Auc = score.Area,
            Confusion = score.Confusion is ConfusionMatrix matrix
                ? [.. classes.Select(k => classes.Select(j => matrix[k, j]).ToArray())] : null,
            PerClass = score.Confusion is ConfusionMatrix of
                ? [.. classes.Select(k => ClassRow.Of(k < classNames.Count ? classNames[k] : $"{k}", of.Of(k)))] : null,
            Rmse = score.Numbers is RegressionMetrics rmse ? RunRecord.Finite(rmse.RootMeanSquareError) : null,
            Mae = score.Numbers is RegressionMetrics mae ? RunRecord.Finite(mae.MeanAbsoluteError) : null,
            R2 = score.Numbers is RegressionMetrics r2 ? RunRecord.Finite(r2.R2) : null,
            Baseline = new BaselineRow(score.BaselineAccuracy, score.BaselineError),
        };
    }
}

/// <summary>How well one class is recognised.</summary>
/// <param name="Class">Its name.</param>
/// <param name="Rows">How many rows have the label.</param>
/// <param name="Right">How many of them are predicted as this class.</param>
/// <param name="Precision">Of the rows that are predicted as this class, the share that has the label.</param>
/// <param name="Recall">Of the rows that have the label, the share that is predicted as this class.</param>
/// <param name="F1">The harmonic mean of precision and recall.</param>
public sealed record ClassRow(string Class, long Rows, long Right, double Precision, double Recall, double F1)
{
    internal static ClassRow Of(string name, ClassMetrics metrics) =>
        new(name, metrics.Rows, metrics.Right, metrics.Precision, metrics.Recall, metrics.F1);
}

/// <summary>What somebody gets on some rows who looks at no feature.</summary>
/// <param name="Accuracy">Of always predicting the training rows' largest class; absent for a regression.</param>
/// <param name="Rmse">The error of always predicting the training rows' mean; absent for classes.</param>
public sealed record BaselineRow(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Accuracy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Rmse);

/// <summary>Writes a confusion matrix with one line per class.</summary>
sealed class ConfusionJson : JsonConverter<IReadOnlyList<IReadOnlyList<long>>>
{
    public override IReadOnlyList<IReadOnlyList<long>> Read(ref Utf8JsonReader json, Type type, JsonSerializerOptions options) =>
        throw new NotSupportedException("results in a record are not read back");

    public override void Write(Utf8JsonWriter json, IReadOnlyList<IReadOnlyList<long>> rows, JsonSerializerOptions options)
    {
        json.WriteStartArray();
        foreach (IReadOnlyList<long> row in rows) json.WriteRawValue($"[{string.Join(", ", row)}]", skipInputValidation: true);
        json.WriteEndArray();
    }
}
