using GpuMlp.Cli.Shell;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Output;

/// <summary>How well a network does on some rows, as lines for a person.</summary>
static class ScoreText
{
    const int MostClasses = 20;

    /// <summary>The parts of a record that there are, each with its name.</summary>
    public static IEnumerable<(string Part, RowMetrics Metrics)> Parts(RunMetrics metrics) =>
        ((string Part, RowMetrics? Metrics)[])[("training", metrics.Training), ("validation", metrics.Validation), ("test", metrics.Test)]
            is var parts ? parts.Where(part => part.Metrics is not null).Select(part => (part.Part, part.Metrics!)) : [];

    /// <summary>One line: loss, accuracy or error, baseline, and of how many rows.</summary>
    public static string Line(string part, RowMetrics metrics)
    {
        string judged = metrics.Accuracy is double accuracy
            ? Invariant($"accuracy {Percent(accuracy)} ({100 * metrics.AccuracyLow:0.0#} to {Percent(metrics.AccuracyHigh)})")
                + (metrics.Auc is double area ? Invariant($", AUC {area:0.0000}") : "")
                + Invariant($"; always the largest class: {Percent(metrics.Baseline.Accuracy)}")
            : Invariant($"error {metrics.Rmse:G4} (root mean square), {metrics.Mae:G4} (mean)")
                + (metrics.R2 is double r2 ? Invariant($", R² {r2:0.0000}") : "")
                + (metrics.Baseline.Rmse is double mean ? Invariant($"; always the mean: {mean:G4}") : "");
        string loss = metrics.Loss is double finite ? Invariant($"{finite:G4}") : "not finite";
        return Invariant($"{part,-10} {metrics.Rows:N0} {(metrics.Rows == 1 ? "row" : "rows")}: loss {loss}, {judged}");
    }

    /// <summary>A table of the classes, where there are not too many; nothing for a regression.</summary>
    public static IEnumerable<string> Classes(string part, RowMetrics metrics)
    {
        if (metrics.PerClass is not { Count: <= MostClasses } classes) return [];
        string[][] rows = [["class", "rows", "right", "precision", "recall", "F1"], .. classes.Select(row => (string[])
            [UsageException.Cut(row.Class), Invariant($"{row.Rows:N0}"), Invariant($"{row.Right:N0}"),
                Percent(row.Precision), Percent(row.Recall), Percent(row.F1)])];
        return Terminal.Columns(rows).Select((line, k) => k == 0 ? $"{part,-10} {line}" : $"{"",-10} {line}");
    }

    /// <summary>A share in per cent.</summary>
    public static string Percent(double? share) => Invariant($"{100 * share:0.0#} %");
}
