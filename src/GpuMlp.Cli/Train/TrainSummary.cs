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
        yield return Invariant($"data       {data.Name}, {data.Count:N0} rows");
        string stopped = record.StopReason == "completed" ? "" : $" of {config.Steps:N0} ({record.StopReason})";
        RunTimings timings = record.Timings;
        string made = Invariant($"{record.Steps:N0} {(record.Steps == 1 ? "step" : "steps")}");
        string duration = Invariant($"{timings.Train:G3} s, engine {record.Engine}; all in {timings.Total:G3} s");
        yield return $"trained    {made}{stopped} in {duration}";
        int last = Math.Min(TrainingResult.LastLosses, record.Steps);
        string steps = last switch
        {
            0 => "",
            1 => Invariant($" (the one step {record.FinalLoss:G4})"),
            _ => Invariant($" (the last step {record.FinalLoss:G4}, the mean of the last {last:N0} {record.MeanLossLast1000:G4})"),
        };
        yield return Invariant($"loss       {record.Metrics?.Training.Loss:G4}, mean over the rows{steps}");
        yield return record.RootMeanSquareError is double error ? Invariant($"error      {error:G4}, root mean square over the rows")
            : Invariant($"accuracy   {100 * record.Accuracy:0.0#} % of the rows");
        yield return Invariant($"written    {folder}");
    }
}
