using GpuMlp.Cli.Output;
using GpuMlp.Data;
using GpuMlp.Layers;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Train;

/// <summary>The lines that a person reads when a training has ended.</summary>
static class TrainSummary
{
    public static IEnumerable<string> Lines(RunRecord record, DataSet data, string folder)
    {
        TrainConfig config = record.Config;
        string start = Invariant($"{record.Parameters:N0} parameters, {record.Init} start, {config.Loss.Name} loss");
        yield return $"network    {config.Net} {Activations.Names.Of(config.Activation)}, {start}";
        string keptBack = record.Split is RunSplit split ? Invariant($" to train on, {split.Validation:N0} kept back for validation") : "";
        yield return Invariant($"data       {data.Name}, {data.Count:N0} rows{keptBack}");
        RunTimings timings = record.Timings;
        string made = Invariant($"{record.Steps:N0} {(record.Steps == 1 ? "step" : "steps")}");
        string duration = Invariant($"{timings.Train:G3} s, engine {record.Engine}; all in {timings.Total:G3} s");
        yield return $"trained    {made}{Stopped(record)} in {duration}";
        int last = Math.Min(TrainingResult.LastLosses, record.Steps);
        if (last > 0)
        {
            string mean = last > 1 ? Invariant($", mean of the last {last:N0} {record.MeanLossLast1000:G4}") : "";
            string weighted = record.ClassWeights is { } weights
                ? $", weighted {string.Join(", ", weights.Take(10).Select(w => Invariant($"{w.Key}:{w.Value:G4}")))}" : "";
            yield return Invariant($"losses     last step {record.FinalLoss:G4}{mean}{weighted}");
        }
        if (record.Metrics is RunMetrics metrics)
        {
            foreach ((string part, RowMetrics of) in ScoreText.Parts(metrics)) yield return ScoreText.Line(part, of);
            (string name, RowMetrics judged) = ScoreText.Parts(metrics).Last();
            foreach (string line in ScoreText.Classes(name, judged)) yield return line;
            if (metrics.Folds is FoldsMetrics folds)
                foreach (string line in CrossValidation.Lines(folds)) yield return line;
        }
        yield return Invariant($"written    {folder}");
        if (record.StopReason == "cancelled" && record.Outputs?.Contains(StoredCheckpoint.FileName) == true)
            yield return $"goes on    with --resume {folder}";
    }

    static string Stopped(RunRecord record)
    {
        string restored = record.RestoredSteps is int best ? Invariant($", the weights after step {best:N0} are kept") : "";
        return record.StopReason switch
        {
            "completed" => restored,
            "patience" => Invariant($" of {record.Config.Steps:N0} (the validation loss fell no more{restored})"),
            string reason => Invariant($" of {record.Config.Steps:N0} ({reason}{restored})"),
        };
    }
}
