using System.Diagnostics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Plotting;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;
using static GpuMlp.Cli.Shell.Numbers;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// The end of a sweep, whether one task trained it or many: sweep.csv, the best models, the mosaic, run.json, and a summary.
/// </summary>
sealed class SweepEnding : IDisposable
{
    readonly SweepGrid grid;
    readonly SweepTrainer trainer;
    readonly OutputFolder folder;
    readonly Terminal terminal;
    readonly Stopwatch total;

    /// <param name="grid">The sweep.</param>
    /// <param name="trainer">Its data.</param>
    /// <param name="folder">Where the outputs go.</param>
    /// <param name="terminal">Where the summary goes.</param>
    /// <param name="total">Runs since the command began.</param>
    public SweepEnding(SweepGrid grid, SweepTrainer trainer, OutputFolder folder, Terminal terminal, Stopwatch total)
    {
        (this.grid, this.trainer, this.folder, this.terminal, this.total) = (grid, trainer, folder, terminal, total);
        Summary = new SweepSummary(grid, trainer.Mosaic, folder);
    }

    /// <summary>The names of all that it may write.</summary>
    public static string[] OutputsOf(SweepGrid grid, SweepTrainer trainer) =>
        RunFiles.OfSweep(trainer.Mosaic is not null, grid.Request.Top, grid.Rung is { IsLast: false });

    /// <summary>Takes the blocks.</summary>
    public SweepSummary Summary { get; }

    /// <summary>Whether the same run goes on to other rungs; only the last one's record is printed then.</summary>
    public bool OthersFollow { get; init; }

    /// <summary>What goes on after a rung of a sweep by halving, once it is written; null where nothing does.</summary>
    public KeptSettings? Kept { get; private set; }

    /// <summary>Writes all outputs, of the rows that there are.</summary>
    /// <param name="open">How long it took to open the device that trained.</param>
    /// <param name="compile">How long it took to compile for it.</param>
    /// <param name="interruption">What a signal does from now on.</param>
    /// <exception cref="OperationCanceledException">No network made a step.</exception>
    public void Write(TimeSpan open, TimeSpan compile, Interruption interruption)
    {
        if (Summary.IsCut && Summary.AllSteps == 0) throw new OperationCanceledException(interruption.Token);
        if (!Summary.IsCut && !OthersFollow) interruption.Complete("the sweep");
        Summary.Commit();
        // whichever device trained: the picture is the same wherever it is made
        using ComputeDevice device = ComputeDevice.Open("cpu");
        var outputs = new SweepOutputs(folder, grid, trainer.Sources, Summary, device);
        outputs.WriteBest();
        (TimeSpan evaluate, TimeSpan plot) = WriteMosaic(outputs);
        SweepTimes times = Summary.Times;
        var timings = new SweepTimings(Seconds(open), Seconds(compile), Seconds(times.Load), Seconds(times.Train),
            Seconds(times.Evaluate + evaluate), Seconds(plot), Seconds(total.Elapsed));
        var record = new SweepRecord(RunRecord.CurrentSchema, ProgramVersion.Text, Options(), Summary.Devices[0], "fused",
            Summary.Rows, Summary.Diverged, grid.Common.Steps, new SweepPlan(trainer.Block, trainer.StepsPerLaunch),
            Best(outputs), Summary.IsCut ? "cancelled" : "completed", timings);
        if (grid.Request.Top > 1) record = record with { Top = [.. Summary.Best.Select(ranked => ranked.Row + 1)] };
        if (Summary is { IsCut: false, Kept: int[] kept })
        {
            Kept = new KeptSettings(ShardHeader.Of(grid, trainer, new Shard(0, 1)), kept);
            Kept.Save(folder[RunFiles.Kept]);
        }
        record = record with { Outputs = folder.Outputs(Summary.AllSteps > 0), Rung = grid.Rung };
        if (record.Outputs is not null)
        {
            record.Save(folder[RunFiles.Record]);
            folder.Publish();
        }
        Report(record, record.Outputs is null ? $"nothing, {folder.Path} keeps its earlier run" : folder.Path);
    }

    public void Dispose() => Summary.Dispose();

    const int ManyTiles = 64;

    (TimeSpan Evaluate, TimeSpan Plot) WriteMosaic(SweepOutputs outputs)
    {
        if (trainer.Mosaic is null)
        {
            if (!grid.Common.NoPlots) terminal.Note("mosaic.png is left out: a picture of the data needs 2 features and classes");
            return default;
        }
        using IDisposable _ = terminal.During("drawing mosaic.png", trainer.Mosaic.Count >= ManyTiles);
        long start = Stopwatch.GetTimestamp();
        (GridSpec points, List<MosaicTile> tiles, int columns) = outputs.Evaluate(trainer.Mosaic);
        long valuesShown = tiles.Count(tile => tile.Predictions is not null) * points.Points;
        Windows.NoteNaNs(terminal, "mosaic.png", tiles.Sum(tile => (long)NaNs.Count(tile.Predictions)), valuesShown);
        TimeSpan evaluate = Stopwatch.GetElapsedTime(start);
        string shown = tiles.Count < grid.Count
            ? Invariant($"{tiles.Count:N0} of {grid.Count:N0} networks")
            : Invariant($"{tiles.Count:N0} networks");
        MosaicPlot.Save(folder["mosaic.png"], points, tiles, columns, Invariant($"{shown} · {StepsMade()} · {Summary.Devices[0].Kind}"),
            grid.Common.Style == PictureStyle.Notebook ? PlotStyle.Notebook : PlotStyle.Plain);
        return (evaluate, Stopwatch.GetElapsedTime(start) - evaluate);
    }

    SweepBest? Best(SweepOutputs outputs)
    {
        if (Summary.Best is not [var best, ..]) return null;
        (SweepResult result, SweepData data) = (best.Result, outputs.DataOf(best.Row));
        string figure = result.Accuracy is null ? "loss" : "accuracy";
        string by = grid.Common.Validation is null ? $"training {figure}"
            : Invariant($"validation {figure}{(grid.Seeds > 1 ? $", mean over {grid.Seeds:N0} seeds" : "")}");
        float? final = RunRecord.Finite(result.FinalLoss), mean = RunRecord.Finite(result.MeanLoss);
        RunData used = RecordFiles.Identify(data.Rows[0], data.Whole(0), data.ValidationFile(0), null, folder.Path);
        return new SweepBest(best.Row + 1, RunRecord.ToJson(data.Rows[0]), used, final, mean, result.Accuracy, by)
        {
            ValidationLoss = result.Validation?.Loss is double loss ? RunRecord.Finite(loss) : null,
            ValidationAccuracy = result.Validation?.Accuracy,
            OverSeeds = best.OverSeeds,
        };
    }

    Dictionary<string, string[]> Options()
    {
        const int MostShown = 1000;
        TrainConfig first = grid[0];
        var options = new Dictionary<string, string[]>();
        foreach (TrainOption option in SweepCommand.RowOptions.Append(TrainOptions.Find("device")))
        {
            if (grid.Axes.FirstOrDefault(axis => axis.Option == option) is SweepList axis) options[option.Name] = axis.Shown(MostShown);
            else if (option.Text(first) is string text) options[option.Name] = [text];
        }
        if (grid.Request.Random is string random) options["random"] = [random];
        if (grid.Request.Halving is string halving) options["halving"] = [halving];
        return options;
    }

    void Report(SweepRecord record, string written)
    {
        terminal.Say(Invariant($"networks   {record.Networks:N0}, {record.Diverged:N0} diverged, {StepsMade()}"));
        double rate = Summary.AllSteps / record.Timings.Train;
        terminal.Say(Invariant(
            $"trained    in {record.Timings.Train:G3} s, {rate:G3} steps per second; all in {record.Timings.Total:G3} s"));
        if (record.Best is SweepBest best) Report(best);
        else terminal.Note($"best.safetensors is left out: no network {(Summary.AllSteps == 0 ? "made a step" : "stayed finite")}");
        if (Kept is { Settings.Length: int kept } && grid.Rung is SweepRung rung)
            terminal.Say(Invariant($"kept       {kept:N0} of {rung.Settings:N0} settings, for rung {rung.Number + 1} of {rung.Count}"));
        terminal.Say($"written    {written}");
        if (terminal.Json && !(OthersFollow && Kept is not null)) Terminal.Print(record.ToJson());
    }

    void Report(SweepBest best)
    {
        TrainConfig row = grid[best.Row - 1];
        string options = string.Join(' ', grid.Varying.Select(axis => $"--{axis.Option.Name} {axis.Option.Text(row) ?? "off"}"));
        string accuracy = best.Accuracy is double share ? Invariant($"training accuracy {100 * share:0.0#} %, ") : "";
        if (best.OverSeeds is MeanAndDeviation over)
        {
            accuracy = best.ValidationAccuracy is double held ? Invariant($"validation accuracy {100 * held:0.0#} %, {accuracy}")
                : Invariant($"validation loss {best.ValidationLoss:G4}, ");
            (double scale, string unit) = best.ValidationAccuracy is null ? (1, "") : (100, " %");
            string deviation = over.Deviation is double spread ? Invariant($" ± {scale * spread:G3}") : "";
            terminal.Say(Invariant($"ranked     by {best.By}: {scale * over.Mean:G4}{deviation}{unit}"));
        }
        else terminal.Say($"ranked     by {best.By}, on the rows trained on; --validation keeps rows back to rank by");
        int last = Math.Min(TrainingResult.LastLosses, Summary.Best[0].Result.Steps);
        string loss = Invariant($"loss {best.MeanLossLast1000:G4} over the last {last:N0} steps");
        terminal.Say(Invariant($"best       row {best.Row}: {accuracy}{loss} {options}").TrimEnd());
    }

    // networks that diverged are not counted: they made fewer steps
    string StepsMade()
    {
        (int least, int most) = Summary.Made ?? (grid.Common.Steps, grid.Common.Steps);
        string rest = Summary.Rows < grid.Count ? Invariant($", {grid.Count - Summary.Rows:N0} more not begun") : "";
        return least == grid.Common.Steps ? Invariant($"{grid.Common.Steps:N0} steps each{rest}")
            : Invariant($"{least:N0} to {most:N0} of {grid.Common.Steps:N0} steps each (cancelled){rest}");
    }
}
