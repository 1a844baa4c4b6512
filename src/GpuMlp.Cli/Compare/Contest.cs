using System.Diagnostics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Metrics;
using GpuMlp.Records;
using GpuMlp.Tensors;
using GpuMlp.Training;
using static GpuMlp.Cli.Shell.Numbers;

namespace GpuMlp.Cli.Compare;

/// <summary>A training that was made, with what it is compared by.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Weights">Its weights at the end.</param>
/// <param name="Losses">The loss of each of its steps.</param>
/// <param name="Outputs">The network on the grid, row 0 at the smallest y; null where there is no grid.</param>
sealed record Trained(CompareRow Row, Weights Weights, float[] Losses, float[]? Outputs);

/// <summary>Trains on one device by one engine, takes the time, and compares with another such training.</summary>
/// <param name="input">The data and the recipe.</param>
/// <param name="config">The settings of the recipe.</param>
/// <param name="grid">Where the networks are compared; null where there is no picture of them.</param>
/// <param name="prepare">Prepares a training by an engine on an open device.</param>
/// <param name="terminal">Tells the user what is going on.</param>
sealed class Contest(TrainInput input, TrainConfig config, GridSpec? grid,
    Func<ComputeDevice, string, Watch?, ITraining> prepare, Terminal terminal)
{
    /// <summary>Trains. A device that fails, and an engine that does not take the recipe, have a row and no training.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public (CompareRow Row, Trained? Trained) Train(DeviceDescription device, string engine, CancellationToken cancellation)
    {
        var row = new CompareRow(device.Id, device.Name, engine);
        terminal.Note($"{row.Title}: training");
        try
        {
            var clock = Stopwatch.StartNew();
            using ComputeDevice opened = ComputeDevice.Open(device.Id);
            TimeSpan open = Lap(clock);
            using ITraining training = prepare(opened, engine, null);
            training.WarmUp();
            opened.Synchronize();
            TimeSpan compile = Lap(clock);
            (long launches, long toDevice, long toHost) = (opened.Launches, opened.BytesToDevice, opened.BytesToHost);
            Made made;
            using (Terminal.Progress progress = terminal.Follow($"training on {row.Title}", "steps", config.Steps))
                made = training.Run((done, loss) => progress.Report(done, loss), cancellation);
            TimeSpan train = Lap(clock);
            cancellation.ThrowIfCancellationRequested();
            (launches, toDevice, toHost) = (
                opened.Launches - launches, opened.BytesToDevice - toDevice, opened.BytesToHost - toHost);
            clock.Restart();
            (double? accuracy, float[]? outputs) = Judge(training.Network);
            TimeSpan evaluate = Lap(clock);
            Weights weights = Weights.Of(training.Network);
            row = row with
            {
                WhyNotSameBits = opened.WhyNotSameBits,
                Timings = new(Seconds(open), Seconds(compile), Seconds(train), Seconds(evaluate),
                    Seconds(open + compile + train + evaluate)),
                Steps = made.Losses.Length,
                StopReason = made.StopReason.ToString().ToLowerInvariant(),
                FinalLoss = made.Losses is [.., var last] ? RunRecord.Finite(last) : null,
                Accuracy = accuracy,
                WeightsSha256 = weights.Digest,
                Launches = launches,
                BytesToDevice = toDevice,
                BytesToHost = toHost,
            };
            return (row, new Trained(row, weights, made.Losses, outputs));
        }
        catch (ArgumentException e)
        {
            return (row with { LeftOut = UsageException.Plain(e) }, null);
        }
        catch (Exception e) when (IsOfDevice(e))
        {
            return (row with { LeftOut = e.Message, Failed = true }, null);
        }
    }

    static bool IsOfDevice(Exception e) => e is DeviceException or DeviceUnavailableException or OutOfMemoryException;

    /// <summary>A training's row with how it compares to another.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CompareRow Compare(Trained trained, Trained with, CancellationToken cancellation)
    {
        CompareRow row = trained.Row with { ComparedWith = with.Row.Title };
        WeightDifference? weights = trained.Weights.From(with.Weights);
        (int? firstLoss, double largestLoss) = Losses(trained.Losses, with.Losses);
        if (weights is null && firstLoss is null) return row with { SameBits = true };
        terminal.Note($"{row.Title}: differs from {with.Row.Title}; looking for the first step");
        int? firstWeights = null;
        try { firstWeights = FirstStep(trained.Row, with.Row, cancellation); }
        catch (Exception e) when (IsOfDevice(e)) { terminal.Note($"{row.Title}: the first step was not found: {e.Message}"); }
        (int? pixels, double? output) = OnGrid(trained.Outputs, with.Outputs);
        float? LossOf(Trained of) => firstLoss is int step && step < of.Losses.Length ? RunRecord.Finite(of.Losses[step]) : null;
        double? largest = weights is null ? 0 : double.IsFinite(weights.Largest) ? weights.Largest : null;
        return row with
        {
            SameBits = false,
            Difference = new(firstLoss is int loss && firstWeights is int other ? Math.Min(loss, other) : firstLoss ?? firstWeights,
                firstLoss, firstWeights, LossOf(trained), LossOf(with), largestLoss, weights?.Count ?? 0, largest, weights?.At,
                pixels, output),
        };
    }

    int? FirstStep(CompareRow row, CompareRow with, CancellationToken cancellation)
    {
        using ComputeDevice one = ComputeDevice.Open(with.Device), other = ComputeDevice.Open(row.Device);
        return new FirstDifference(watch => prepare(one, with.Engine!, watch), watch => prepare(other, row.Engine!, watch), config.Steps)
            .Find(cancellation);
    }

    static (int? First, double Largest) Losses(float[] one, float[] other)
    {
        int? first = null;
        double largest = 0;
        int both = Math.Min(one.Length, other.Length);
        for (int step = 0; step < both; step++)
        {
            if (BitConverter.SingleToInt32Bits(one[step]) == BitConverter.SingleToInt32Bits(other[step])) continue;
            first ??= step;
            double distance = Math.Abs((double)one[step] - other[step]);
            if (double.IsFinite(distance)) largest = Math.Max(largest, distance);
        }
        return (first ?? (one.Length == other.Length ? null : both), largest);
    }

    (int? Pixels, double? Largest) OnGrid(float[]? one, float[]? other)
    {
        if (one is null || other is null) return default;
        double largest = one.Zip(other, (a, b) => Math.Abs((double)a - b)).Where(double.IsFinite).DefaultIfEmpty().Max();
        if (input.Raw.ClassCount == 0) return (null, largest);
        return (one.Zip(other).Count(pair => Side(pair.First) != Side(pair.Second)), largest);
    }

    /// <summary>The class at a point of the grid; -1 where the output is not a number.</summary>
    public int Side(float output) =>
        float.IsNaN(output) ? -1 : input.Spec.Widths[^1] > 2 ? (int)output : output > 0.5f ? 1 : 0;

    (double? Accuracy, float[]? Outputs) Judge(Sequential network)
    {
        using Sequential? copy = network.Spec is null ? OfLayers(network) : null;
        Sequential judged = copy ?? network;
        Score score = Score.Of(
            judged.Loss, judged.PredictLogits(input.Data.Flat), !input.Spec.LinearOutput, input.Data, Baseline.Of(input.Raw));
        if (grid is null) return (score.Accuracy, null);
        PictureAxes axes = input.Axes;
        if (input.FeaturePlane.IsDerived) return (score.Accuracy, input.FeaturePlane.Regions(judged, grid));
        using NetworkSlice? sliced = axes.IsWhole ? null : new NetworkSlice(judged, axes.X, axes.Y!.Value, axes.Inputs(input.Standardizer));
        Sequential shown = sliced?.Network ?? judged;
        return (score.Accuracy, shown.Outputs > 1 ? new ClassEvaluator(shown).Regions(grid) : GridEvaluator.Evaluate(shown, grid));
    }

    // grids take networks of layers
    Sequential OfLayers(Sequential modules)
    {
        Sequential layers = input.Spec.Build(modules.Device, config.Loss);
        foreach ((Parameter to, Parameter from) in layers.Parameters().Zip(modules.Parameters())) to.Value.CopyFrom(from.Value.ToArray());
        return layers;
    }

    static TimeSpan Lap(Stopwatch clock)
    {
        TimeSpan lap = clock.Elapsed;
        clock.Restart();
        return lap;
    }
}
