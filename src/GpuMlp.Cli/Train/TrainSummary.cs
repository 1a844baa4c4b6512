using GpuMlp.Data;
using GpuMlp.Layers;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Train;

/// <summary>What a person reads when a run has ended.</summary>
static class TrainSummary
{
    public static IEnumerable<string> Lines(RunRecord record, DataSet data, string folder)
    {
        TrainConfig config = record.Config;
        yield return Invariant($"network    {config.Net} {Activations.Names.Of(config.Activation)}, {record.Parameters:N0} parameters, {record.Init} start, {config.Loss.Name} loss");
        yield return Invariant($"data       {data.Name}, {data.Count:N0} rows");
        string stopped = record.StopReason == "completed" ? "" : $" of {config.Steps:N0} ({record.StopReason})";
        RunTimings timings = record.Timings;
        yield return Invariant($"trained    {record.Steps:N0} {(record.Steps == 1 ? "step" : "steps")}{stopped} in {timings.Train:G3} s, engine {record.Engine}; all in {timings.Total:G3} s");
        int last = Math.Min(TrainingResult.LastLosses, record.Steps);
        string steps = last == 0 ? "" : last == 1 ? Invariant($" (the one step {record.FinalLoss:G4})") : Invariant($" (the last step {record.FinalLoss:G4}, the mean of the last {last:N0} {record.MeanLossLast1000:G4})");
        yield return Invariant($"loss       {record.Metrics?.Training.Loss:G4}, mean over the rows{steps}");
        yield return record.RootMeanSquareError is double error ? Invariant($"error      {error:G4}, root mean square over the rows")
            : Invariant($"accuracy   {100 * record.Accuracy:0.0#} % of the rows");
        yield return Invariant($"written    {folder}");
    }
}
