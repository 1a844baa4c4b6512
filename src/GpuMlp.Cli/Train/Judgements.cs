using GpuMlp.Cli.Input;
using GpuMlp.Data;
using GpuMlp.Layers;
using GpuMlp.Metrics;
using GpuMlp.Records;

namespace GpuMlp.Cli.Train;

/// <summary>How well a network does on each part of its data: training, and validation and test where there are such rows.</summary>
/// <param name="Parts">Each part with its score, training first.</param>
sealed record Judgements(IReadOnlyList<(string Part, DataSet Rows, Score Score)> Parts)
{
    /// <summary>Judges a network as it is now.</summary>
    public static Judgements Of(Sequential network, TrainInput input)
    {
        Baseline baseline = Baseline.Of(input.Raw);
        var parts = new List<(string, DataSet, Score)>();
        Judge("training", input.Data);
        foreach (HeldOut part in input.HeldOut) Judge(part.Option, input.Prepare(part.Raw));
        return new(parts);

        void Judge(string part, DataSet rows) => parts.Add((part, rows,
            Score.Of(network.Loss, network.PredictLogits(rows.Flat), !input.Spec.LinearOutput, rows, baseline)));
    }

    /// <summary>The score on the training rows.</summary>
    public Score Training => Parts[0].Score;

    /// <summary>The part that says most: test, else validation, else training.</summary>
    public (string Part, DataSet Rows, Score Score) Last => Parts[^1];

    /// <summary>The scores as a record holds them.</summary>
    public RunMetrics Metrics(IReadOnlyList<string> classNames) => new(RowMetrics.Of(Training, classNames))
    {
        Validation = Of("validation", classNames),
        Test = Of("test", classNames),
    };

    RowMetrics? Of(string part, IReadOnlyList<string> classNames) =>
        Parts.FirstOrDefault(known => known.Part == part).Score is Score score ? RowMetrics.Of(score, classNames) : null;
}
