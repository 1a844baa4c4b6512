using System.Diagnostics;
using System.Globalization;
using GpuMlp.Data;
using GpuMlp.Files;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using GpuMlp.Training;

namespace GpuMlp.Cli;

/// <summary>Writes what a run leaves behind, the costly pictures last.</summary>
/// <param name="folder">Where.</param>
/// <param name="terminal">Where progress is told.</param>
/// <param name="config">What was asked for.</param>
/// <param name="network">The trained network.</param>
/// <param name="input">The data, and what the pictures show.</param>
/// <param name="dataPlot">What <see cref="StartDataPlot"/> began.</param>
sealed class TrainOutputs(OutputFolder folder, Terminal terminal, TrainConfig config, Sequential network, TrainInput input, Task<byte[]>? dataPlot)
{
    const int PlotWidth = 800, PlotHeight = 600, FrameWidth = 480, FrameHeight = 360, PixelsPerCell = 3;
    const long MostPredictions = 1 << 24, SmallNetwork = 1 << 14;

    /// <summary>Begins the one picture that needs no network; null if it is not asked for.</summary>
    /// <remarks>The plotting library takes long to wake: it does so while the device opens and trains.</remarks>
    public static Task<byte[]>? StartDataPlot(TrainConfig config, TrainInput input)
    {
        if (config.NoPlots || input.Plane is not Window shown) return null;
        string title = Invariant($"{input.Raw.Name} · {input.Raw.Count:N0} points");
        return Task.Run(() => DataPlot.Render(input.Raw.Flat.ToArray(), input.Raw.Labels, shown, title, Options(config, input, PlotWidth, PlotHeight)));
    }

    /// <summary>Writes losses.csv.</summary>
    public void WriteHistory(TrainingResult result) => LossesCsv.Write(folder["losses.csv"], result.Losses);

    /// <summary>Of a regression, the root of the mean squared error over the data, once the model is written.</summary>
    public double? RootMeanSquareError { get; private set; }

    /// <summary>Writes the model and all pictures.</summary>
    /// <returns>The accuracy over the data, null of a regression, and how long evaluating and drawing took.</returns>
    public (double? Accuracy, TimeSpan Evaluate, TimeSpan Plot) WriteModelAndPictures(TrainingResult result, CancellationToken cancellation)
    {
        ModelFile.Save(folder["model.safetensors"], new Model(network, input.Window, input.Standardizer, input.Raw.ClassNames));
        var evaluate = new Stopwatch();
        var plot = new Stopwatch();
        evaluate.Start();
        double[] accuracies = input.Raw.ClassCount > 0 ? Accuracies(result.Snapshots) : [];
        double? accuracy = input.Raw.ClassCount > 0 ? accuracies.Length > 0 ? accuracies[^1] : Accuracy(network.Predict(input.Data.Flat)) : null;
        if (accuracy is null) RootMeanSquareError = Error();
        evaluate.Stop();
        if (config.NoPlots) return (accuracy, evaluate.Elapsed, plot.Elapsed);

        if (input.Plane is Window shown) WriteBoundaries(shown, result, accuracies, accuracy!.Value, evaluate, plot, cancellation);
        plot.Start();
        string title = $"{config.Loss} loss · {config.Net} · {input.Raw.Name} · {network.Device.Description.Id}";
        LossPlot.Save(folder["loss.png"], result.Losses, title, Options(config, input, PlotWidth, PlotHeight));
        plot.Stop();
        return (accuracy, evaluate.Elapsed, plot.Elapsed);
    }

    void WriteBoundaries(Window shown, TrainingResult result, double[] accuracies, double accuracy, Stopwatch evaluate, Stopwatch plot, CancellationToken cancellation)
    {
        int cell = network.Outputs > 2 ? 1 : PixelsPerCell;         // between classes nothing is interpolated
        GridSpec fine = GridSpec.FromSize(shown, PlotWidth / cell, PlotHeight / cell);
        GridSpec coarse = GridSpec.FromSize(shown, FrameWidth / PixelsPerCell, FrameHeight / PixelsPerCell);
        float[] points = input.Raw.Flat.ToArray();
        evaluate.Start();
        float[] boundary = Evaluate(fine);
        List<BoundaryFrame> frames = Frames(result, accuracies, coarse, cancellation);
        evaluate.Stop();

        plot.Start();
        byte[] data = dataPlot!.GetAwaiter().GetResult();
        AtomicFile.Write(folder["data.png"], stream => stream.Write(data));
        using (var picture = new BoundaryPlot(fine, points, input.Raw.Labels, Options(config, input, PlotWidth, PlotHeight)))
            picture.Save(folder["boundary.png"], boundary, Title(result.Steps, result.FinalLoss, accuracy));
        if (frames.Count > 0)
        {
            using var picture = new BoundaryPlot(coarse, points, input.Raw.Labels, Options(config, input, FrameWidth, FrameHeight));
            using Terminal.Progress progress = terminal.Follow("drawing", "pictures", frames.Count);
            // a run that was stopped before this still gets the pictures of what there is
            BoundaryAnimation.Save(picture, frames, folder["frames"], folder["boundary.gif"], (done, _) => progress.Report(done),
                cancellation.IsCancellationRequested ? CancellationToken.None : cancellation);
        }
        plot.Stop();
    }

    List<BoundaryFrame> Frames(TrainingResult result, double[] accuracies, GridSpec grid, CancellationToken cancellation)
    {
        using Terminal.Progress progress = terminal.Follow("evaluating", "pictures", result.Snapshots.Count);
        var frames = new List<BoundaryFrame>();
        foreach (Snapshot snapshot in result.Snapshots)
        {
            frames.Add(Frame(snapshot, accuracies[frames.Count], grid));
            progress.Report(frames.Count);
            if (cancellation.IsCancellationRequested && result.StopReason != StopReason.Cancelled) break;
        }
        return frames;
    }

    BoundaryFrame Frame(Snapshot snapshot, double accuracy, GridSpec grid)
    {
        network.LoadParameters(snapshot.Parameters);
        return new BoundaryFrame(snapshot.Step, Evaluate(grid), Title(snapshot.Step, snapshot.Loss, accuracy));
    }

    // the axes of the picture are in the data's units; the network wants them as its inputs were
    float[] Evaluate(GridSpec grid)
    {
        if (input.Standardizer is not Standardizer standardizer) return Regions(grid);
        double Map(double value, int axis) => (value - standardizer.Mean[axis]) / standardizer.Deviation[axis];
        var mapped = new Window(Map(grid.Window.X0, 0), Map(grid.Window.X1, 0), Map(grid.Window.Y0, 1), Map(grid.Window.Y1, 1));
        return Regions(GridSpec.FromSize(mapped, grid.Width, grid.Height));
    }

    float[] Regions(GridSpec grid) => network.Outputs > 1 ? new ClassEvaluator(network).Regions(grid) : GridEvaluator.Evaluate(network, grid);

    // of each snapshot, the last of which is the trained network; of small ones many in a launch, for which a device compiles one kernel instead of four
    double[] Accuracies(IReadOnlyList<Snapshot> snapshots)
    {
        int atOnce = (int)Math.Clamp(MostPredictions / input.Data.Count, 1, Math.Max(1, snapshots.Count));
        float[] points = input.Data.Flat.ToArray();
        if (input.Spec.ParameterCount > SmallNetwork || network.Outputs > 1 || !PopulationEvaluator.Takes(input.Spec))
            return [.. snapshots.Select(snapshot =>
            {
                network.LoadParameters(snapshot.Parameters);
                return Accuracy(network.Predict(points));
            })];
        return [.. snapshots.Chunk(atOnce).SelectMany(some =>
            PopulationEvaluator.Evaluate(network.Device, input.Spec, [.. some.Select(s => s.Parameters)], [.. some.Select(_ => points)]).Select(p => Accuracy(p)))];
    }

    double Accuracy(ReadOnlySpan<float> predictions)
    {
        int right = 0, outputs = network.Outputs;
        for (int row = 0; row < input.Data.Count; row++)
        {
            float label = input.Data.Labels[row];
            if (outputs > 1 ? ClassEvaluator.ArgMax(predictions.Slice(row * outputs, outputs)) == label : predictions[row] > 0.5f == (label == 1f)) right++;
        }
        return (double)right / input.Data.Count;
    }

    double Error() => Math.Sqrt(network.Predict(input.Data.Flat).Zip(input.Data.Labels, (p, y) => ((double)p - y) * ((double)p - y)).Average());

    string Title(int step, float loss, double accuracy)
    {
        string last = float.IsNaN(loss) ? "" : $"loss {Short(loss)} · ";
        return Invariant($"step {step:N0} · {last}accuracy {100 * accuracy:0.0} % · {network.Device.Description.Id}");
    }

    static string Short(float loss) => loss is >= 0.0001f and < 1e6f or 0f ? Invariant($"{loss:0.0000}") : Invariant($"{loss:0.0e-0}");

    static PlotOptions Options(TrainConfig config, TrainInput input, int width, int height) => new()
    {
        Style = config.Style == "notebook" ? PlotStyle.Notebook : PlotStyle.Plain,
        Width = width,
        Height = height,
        XLabel = input.Raw.FeatureNames is [string x, _] ? x : "x0",
        YLabel = input.Raw.FeatureNames is [_, string y] ? y : "x1",
        ClassNames = [.. input.Raw.ClassNames.Select(name => int.TryParse(name, CultureInfo.InvariantCulture, out _) ? $"class {name}" : name)],
    };

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
