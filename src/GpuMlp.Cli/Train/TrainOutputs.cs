using System.Diagnostics;
using System.Globalization;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Metrics;
using GpuMlp.Plotting;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Train;

/// <summary>Writes the outputs of a training, the costly pictures last.</summary>
/// <param name="folder">The folder to write into.</param>
/// <param name="terminal">Receives notes and progress.</param>
/// <param name="config">The settings of the run.</param>
/// <param name="network">The trained network.</param>
/// <param name="input">The data, and the window of the pictures.</param>
/// <param name="dataPlot">The picture that <see cref="StartDataPlot"/> began.</param>
sealed class TrainOutputs(
    OutputFolder folder, Terminal terminal, TrainConfig config, Sequential network, TrainInput input, Task<byte[]>? dataPlot)
{
    static readonly PictureSize Frame = new(480, 360);
    const double MuchToEvaluate = 1e9;                             // multiply-adds
    const long MostPredictions = 1 << 24, SmallNetwork = 1 << 14;

    /// <summary>Starts the one picture that needs no network; null if it is not asked for.</summary>
    /// <remarks>The plotting library loads slowly: it does so while the device opens and trains.</remarks>
    public static Task<byte[]>? StartDataPlot(TrainConfig config, TrainInput input)
    {
        if (config.NoPlots || input.Plane is not Window shown) return null;
        string title = Invariant($"{input.Raw.Name} · {input.Raw.Count:N0} points");
        PlotOptions options = Options(config, input, config.Size);
        return Task.Run(() => config.Format == PictureFormat.Svg ? DataPlot.RenderSvg(input.Axes.Points, shown, title, options)
            : DataPlot.Render(input.Axes.Points, shown, title, options));
    }

    string Picture(string name) => RunFiles.Picture(name, config.Format);

    /// <summary>Writes losses.csv.</summary>
    public void WriteHistory(TrainingResult result)
    {
        int most = config.AllLosses ? int.MaxValue : LossesCsv.MostRows;
        using IDisposable _ = terminal.During("writing losses.csv", result.Steps >= LossesCsv.MostRows);
        LossesCsv.WriteThinned(folder["losses.csv"], result.Losses, config.Validation is null ? null : result.Validation, most);
        if (result.Losses.Length > most) terminal.Note("losses.csv has a row for some steps together; --all-losses writes all");
    }

    /// <summary>Writes the model and all pictures.</summary>
    /// <returns>How well the network predicts the data, and how long evaluating and drawing took.</returns>
    public (Judgements Judged, TimeSpan Evaluate, TimeSpan Plot) WriteModelAndPictures(TrainingResult result)
    {
        ModelFile.Save(folder["model.safetensors"], input.Model(network));
        var evaluate = new Stopwatch();
        var plot = new Stopwatch();
        evaluate.Start();
        Judgements judged;
        RowScore[] scores;
        double much = (result.Snapshots.Count + 1d) * input.Data.Count * input.Spec.ParameterCount;
        using (terminal.During("evaluating", much >= MuchToEvaluate))
        {
            judged = Judgements.Of(network, input);
            scores = config.NoPlots || input.Plane is null ? [] : Scores(result.Snapshots);
        }
        evaluate.Stop();
        if (config.NoPlots) return (judged, evaluate.Elapsed, plot.Elapsed);

        if (input.Plane is Window shown) WriteBoundaries(shown, result, scores, evaluate, plot);
        plot.Start();
        if (input.Plane is null && input.HasPicture) DrawValues(judged);
        string title = $"{config.Loss.Name} loss · {config.Net} · {input.Raw.Name} · {network.Device.Description.Id}";
        PlotOptions options = Options(config, input, config.Size);
        LossPlot.Save(folder[Picture("loss")], result.Losses, title, options, result.Validation);
        DrawJudgements(judged, options);
        if (config.Views is string asked) DrawViews(TrainConfig.ViewsOf(asked), result);
        plot.Stop();
        return (judged, evaluate.Elapsed, plot.Elapsed);
    }

    void DrawViews(IReadOnlyList<string> asked, TrainingResult result)
    {
        var views = new Views(config, input, network, result);
        foreach (string view in asked) views.Draw(view, folder[RunFiles.OfView(view)]);
    }

    void DrawJudgements(Judgements judged, PlotOptions options)
    {
        (string part, _, Score score) = judged.Last;
        if (score.Confusion is not ConfusionMatrix matrix) return;
        string network = $"{config.Net} · {input.Raw.Name}";
        string judgedOn = Invariant($"{part} · {score.Rows:N0} rows · accuracy {100 * matrix.Accuracy:0.0#} %");
        ConfusionPlot.Save(folder[Picture("confusion")], matrix, $"{judgedOn} · {network}", options);
        RocCurve?[] curves = score.Curves.Count > 1 ? [.. score.Curves] : [.. judged.Parts.Select(p => p.Score.Curves[0])];
        string[] names = score.Curves.Count > 1 ? [.. options.ClassNames] : [.. judged.Parts.Select(p => p.Part)];
        (string Name, RocCurve Curve)[] drawn =
            [.. names.Zip(curves).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!))];
        string against = score.Curves.Count > 1 ? $"{part}, each class against the rest" : $"{options.ClassNames[1]} found";
        if (drawn.Length > 0) RocPlot.Save(folder[Picture("roc")], drawn, $"ROC · {against} · {network}", options);
    }

    void WriteBoundaries(Window shown, TrainingResult result, RowScore[] scores, Stopwatch evaluate, Stopwatch plot)
    {
        GridSpec fine = input.Grid(shown, config.Size), coarse = input.Grid(shown, Frame);
        evaluate.Start();
        using NetworkSlice? sliced = Slice();
        Sequential plane = sliced?.Network ?? network;
        float[] boundary = plane.Outputs <= 2 ? Regions(plane, fine)
            : input.FeaturePlane.IsDerived ? input.FeaturePlane.Outputs(plane, fine, GridValue.Logit)
            : new ClassEvaluator(plane).Outputs(fine);
        int perPoint = boundary.Length / (fine.Width * fine.Height);
        Windows.NoteNaNs(terminal, Picture("boundary"), boundary.Chunk(perPoint).Count(z => NaNs.Count(z) > 0), fine.Points);
        List<BoundaryFrame> frames = Frames(result, scores, coarse, sliced);
        evaluate.Stop();

        plot.Start();
        byte[] data = dataPlot!.GetAwaiter().GetResult();
        AtomicFile.Write(folder[Picture("data")], stream => stream.Write(data));
        using (var picture = new BoundaryPlot(fine, input.Axes.Points, Options(config, input, config.Size)))
            picture.Save(folder[Picture("boundary")], boundary, Title(result.RestoredSteps ?? result.Steps, scores[^1]));
        if (frames.Count > 0)
        {
            using var picture = new BoundaryPlot(coarse, input.Axes.Points, Options(config, input, Frame));
            using Terminal.Progress progress = terminal.Follow("drawing", "pictures", frames.Count);
            BoundaryAnimation.Save(picture, frames, folder["frames"], folder["boundary.gif"], (done, _) => progress.Report(done));
        }
        plot.Stop();
    }

    /// <summary>Points that a network is evaluated at for boundary.png and a number of frames.</summary>
    internal static double Points(PictureSize size, long frames) => TrainInput.Cells(size) + (double)frames * TrainInput.Cells(Frame);

    List<BoundaryFrame> Frames(TrainingResult result, RowScore[] scores, GridSpec grid, NetworkSlice? sliced)
    {
        using Terminal.Progress progress = terminal.Follow("evaluating", "pictures", result.Snapshots.Count);
        var frames = new List<BoundaryFrame>();
        foreach (Snapshot snapshot in result.Snapshots)
        {
            frames.Add(FrameOf(snapshot, scores[frames.Count], grid, sliced));
            progress.Report(frames.Count);
        }
        return frames;
    }

    BoundaryFrame FrameOf(Snapshot snapshot, RowScore score, GridSpec grid, NetworkSlice? sliced)
    {
        if (sliced is null) network.LoadParameters(snapshot.Parameters);
        else sliced.Load(snapshot.Parameters);
        return new BoundaryFrame(snapshot.Step, Regions(sliced?.Network ?? network, grid), Title(snapshot.Step, score));
    }

    // the network on the plane of the pictures; null where that is all of it, or no network of two inputs
    NetworkSlice? Slice() => input.Axes.IsWhole || input.Axes.Y is not int y || input.FeaturePlane.IsDerived ? null
        : new NetworkSlice(network, input.Axes.X, y, input.Axes.Inputs(input.Standardizer));

    float[] Regions(Sequential shown, GridSpec grid) =>
        input.FeaturePlane.IsDerived ? input.FeaturePlane.Regions(shown, grid)
            : shown.Outputs > 1 ? new ClassEvaluator(shown).Regions(grid) : GridEvaluator.Evaluate(shown, grid);

    void DrawValues(Judgements judged)
    {
        PlotOptions options = Options(config, input, config.Size);
        string title = $"{config.Net} · {input.Raw.Name} · {network.Device.Description.Id}", path = folder[Picture("boundary")];
        if (judged.Training.Numbers is { R2: not double.NaN } numbers) title = Invariant($"training R² {numbers.R2:0.000} · {title}");
        if (input.Axes.Held.Length > 0) title += $" · {input.Axes.Held}";
        using NetworkSlice? sliced = Slice();
        new ValuePicture(input, sliced?.Network ?? network).Save(path, title, options);
    }

    // Scores each snapshot; the last one is the trained network. Small networks are evaluated many per launch, for which a device compiles
    // one kernel instead of four. All are evaluated without their sigmoid: a loss of logits stays exact where the sigmoid rounds to 0 or 1.
    RowScore[] Scores(IReadOnlyList<Snapshot> snapshots)
    {
        NetworkSpec open = input.Spec with { LinearOutput = true };
        float[] points = input.Data.Flat.ToArray();
        RowScore Score(float[] z) => RowScore.Of(network.Loss, input.Spec, z, input.Data);
        if (snapshots.Count > 0 && input.Spec.ParameterCount <= SmallNetwork && network.Outputs == 1 && PopulationEvaluator.Takes(open))
        {
            int atOnce = (int)Math.Clamp(MostPredictions / input.Data.Count, 1, snapshots.Count);
            return [.. snapshots.Chunk(atOnce).SelectMany(some => PopulationEvaluator.Evaluate(
                network.Device, open, [.. some.Select(s => s.Parameters)], [.. some.Select(_ => points)])).Select(Score)];
        }
        using Sequential whole = open.Build(network.Device, network.Loss);
        whole.LoadStateDict(network.StateDict());
        if (snapshots.Count == 0) return [Score(whole.Predict(points))];
        return [.. snapshots.Select(snapshot =>
        {
            whole.LoadParameters(snapshot.Parameters);
            return Score(whole.Predict(points));
        })];
    }

    string Title(int step, RowScore score) =>
        Title(step, score, network.Device.Description.Id) + (input.Axes.Held.Length > 0 ? $" · {input.Axes.Held}" : "");

    /// <summary>The title of a picture of the boundary: the step, loss and accuracy of its network, and the device.</summary>
    internal static string Title(int step, RowScore score, string device) =>
        Invariant($"step {step:N0} · training loss {Short(score.Loss)} · accuracy {100 * score.Accuracy:0.0} % · {device}");

    static string Short(double loss) => loss is >= 0.0001 and < 1e6 or 0 ? Invariant($"{loss:0.0000}") : Invariant($"{loss:0.0e-0}");

    static PlotOptions Options(TrainConfig config, TrainInput input, PictureSize size) => new()
    {
        Style = config.Style == PictureStyle.Notebook ? PlotStyle.Notebook : PlotStyle.Plain,
        Width = size.Width,
        Height = size.Height,
        XLabel = PictureAxes.NameOf(input.Raw, input.Axes.X),
        YLabel = input.Axes.Y is int y ? PictureAxes.NameOf(input.Raw, y) : "",
        ClassNames = [.. input.Raw.ClassNames.Select(ClassName)],
    };

    static string ClassName(string name) => int.TryParse(name, CultureInfo.InvariantCulture, out _) ? $"class {name}" : name;
}
