using System.Diagnostics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Metrics;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Train;

/// <summary>
/// Trains one network per fold on all rows but the fold's, and judges it on those. What is learned of columns and classes is learned of
/// each network's own training rows.
/// </summary>
sealed class CrossValidation(TrainConfig config, TrainInput input, Terminal terminal)
{
    /// <summary>One fold: the rows to train on and those to judge on, as the network takes them, and the recipe.</summary>
    sealed record Fold(Recipe Recipe, DataSet Training, DataSet KeptBack, Baseline Baseline);

    /// <summary>Trains and judges all folds.</summary>
    /// <returns>How well they do; null if it was cancelled.</returns>
    public FoldsMetrics? Run(ComputeDevice device, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        Fold[] folds = [.. Split().Select(NewFold)];
        float[]?[]? parameters = Train(device, folds, cancellation);
        if (parameters is null) return null;
        Score?[] scores = [.. folds.Zip(parameters, (fold, values) => values is null ? null : Judge(device, fold, values))];
        Score[] judged = [.. scores.OfType<Score>()];
        return new FoldsMetrics(
            MeanAndDeviation.Of([.. judged.Select(score => score.Loss)]),
            Mean(judged.Select(score => score.Accuracy)), Mean(judged.Select(score => score.Numbers?.RootMeanSquareError)),
            Numbers.Seconds(Stopwatch.GetElapsedTime(start)),
            [.. scores.Select(score => score is null ? null : RowMetrics.Of(score, input.Raw.ClassNames))]);
    }

    static MeanAndDeviation? Mean(IEnumerable<double?> values) =>
        values.OfType<double>().ToArray() is { Length: > 0 } known ? MeanAndDeviation.Of(known) : null;

    int[][] Split()
    {
        try { return Splits.Folds(input.All, config.Folds!.Value, new PhiloxStream(config.DataSeed ?? config.Seed, StreamPurpose.Split)); }
        catch (ArgumentException e) { throw UsageException.For("folds", $"{config.Folds}", UsageException.Plain(e), e); }
    }

    Fold NewFold(int[] keptBack)
    {
        int[] rows = [.. Enumerable.Range(0, input.All.Count).Except(keptBack)];
        (DataSet training, TablePreprocessor? columns) = input.Loaded.Fit(rows);
        DataSet others = input.Loaded.KeptBack(columns, keptBack);
        Baseline baseline = Baseline.Of(training);
        Recipe recipe = input.Recipe with { ClassWeights = ClassWeights.Of(config, training) };
        if (config.Standardize && training.ClassCount == 0)
        {
            Standardizer targets = Standardizer.FitTargets(training);
            (training, others) = (targets.ApplyToTargets(training), targets.ApplyToTargets(others));
        }
        Standardizer? standardizer = config.Standardize ? Standardizer.Fit(training) : null;
        return new Fold(recipe, standardizer?.Apply(training) ?? training, standardizer?.Apply(others) ?? others, baseline);
    }

    // all folds as one population, or one after the other where the fused engine does not take the network or is the slower one
    float[]?[]? Train(ComputeDevice device, Fold[] folds, CancellationToken cancellation)
    {
        using Terminal.Progress progress = terminal.Follow($"cross-validating {folds.Length} folds", "steps", config.Steps);
        if (config.Engine == EngineChoice.Layers || !Population.Suits(device, input.Recipe) || config.Steps == 0)
            return Alone(device, folds, progress, cancellation);
        var population = new Population(device, [.. folds.Select(f => f.Recipe)], [.. folds.Select(f => PopulationData.Of(f.Training))]);
        terminal.Note($"folds: {population.Plan}");
        population.WarmUp();
        IReadOnlyList<PopulationResult> results =
            population.Run((share, loss) => progress.Report((int)(share * config.Steps), loss), cancellation);
        if (results.Any(result => result.DivergedStep is null && result.Steps < config.Steps)) return null;
        return [.. results.Select(result => result.DivergedStep is null ? result.Parameters : null)];
    }

    float[]?[]? Alone(ComputeDevice device, Fold[] folds, Terminal.Progress progress, CancellationToken cancellation)
    {
        var parameters = new float[]?[folds.Length];
        for (int k = 0; k < folds.Length; k++)
        {
            using Sequential network = folds[k].Recipe.Build(device);
            using var trainer = new Trainer(network, folds[k].Training, folds[k].Recipe,
                new TrainingOptions { SnapshotEvery = Math.Max(1, config.Steps), Engine = config.Engine });
            int before = k;
            TrainingResult result = trainer.Run(
                (done, loss) => progress.Report((int)(((double)before * config.Steps + done) / folds.Length), loss), cancellation);
            if (result.StopReason == StopReason.Cancelled) return null;
            parameters[k] = result.DivergedStep is null ? result.Snapshots[^1].Parameters : null;
        }
        return parameters;
    }

    static Score Judge(ComputeDevice device, Fold fold, float[] parameters)
    {
        using Sequential network = fold.Recipe.Build(device);
        network.LoadParameters(parameters);
        return Score.Of(
            network.Loss, network.PredictLogits(fold.KeptBack.Flat), network.Modules[^1] is Sigmoid, fold.KeptBack, fold.Baseline);
    }

    /// <summary>A table of the folds, and their mean and deviation.</summary>
    public static IEnumerable<string> Lines(FoldsMetrics metrics)
    {
        bool isClasses = metrics.Rmse is null;
        string[][] rows =
        [
            ["fold", "rows", "loss", isClasses ? "accuracy" : "error"],
            .. metrics.Folds.Select((fold, k) => (string[])
            [
                Invariant($"{k + 1}"), Invariant($"{fold?.Rows:N0}"), fold is null ? "diverged" : Invariant($"{fold.Loss:G4}"),
                isClasses ? ScoreText.Percent(fold?.Accuracy) : Invariant($"{fold?.Rmse:G4}"),
            ]),
            ["mean", "", Invariant($"{metrics.Loss.Mean:G4} ± {metrics.Loss.Deviation:G2}"), isClasses
                ? Invariant($"{100 * metrics.Accuracy?.Mean:0.0#} ± {100 * metrics.Accuracy?.Deviation:0.0#} %")
                : Invariant($"{metrics.Rmse?.Mean:G4} ± {metrics.Rmse?.Deviation:G2}")],
        ];
        return Terminal.Columns(rows).Select((line, k) => $"{(k == 0 ? "folds" : ""),-10} {line}");
    }
}
