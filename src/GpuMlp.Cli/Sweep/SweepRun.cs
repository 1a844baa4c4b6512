using System.Diagnostics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Planning;
using GpuMlp.Plotting;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;
using static GpuMlp.Cli.Shell.Numbers;

namespace GpuMlp.Cli.Sweep;

/// <summary>One execution of the verb sweep: it plans, trains all networks, and writes the outputs.</summary>
sealed class SweepRun(SweepGrid grid, SweepData data, Terminal terminal)
{
    // bytes of a network's config, recipe and result on the host, beside its parameters
    const long BytesPerRow = 1500;

    readonly Stopwatch total = Stopwatch.StartNew();

    /// <summary>Trains the networks of a sweep.</summary>
    /// <exception cref="UsageException">The data, the networks and the folder do not go together.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(SweepGrid grid, string? output, bool force, Terminal terminal, Interruption interruption)
    {
        var data = new SweepData(grid, interruption.Token);
        foreach (string note in data.Notes) terminal.Note(note);
        var run = new SweepRun(grid, data, terminal);
        HostMemory.Require(Invariant($"the results of {grid.Rows.Count:N0} networks"),
            grid.Rows.Sum(row => BytesPerRow + sizeof(float) * row.Net.ParameterCount));
        string[] outputs = RunFiles.OfSweep(!grid.Common.NoPlots && data.HavePlane);
        using OutputFolder folder = output is null ? OutputFolder.ClaimNew("sweep", outputs) : OutputFolder.Claim(output, force, outputs);
        interruption.AtOnce = folder.Dispose;
        return run.Execute(folder, interruption);
    }

    /// <summary>Prints how long a sweep is expected to take on each device; trains nothing.</summary>
    public static int Plan(SweepGrid grid, Terminal terminal) =>
        Forecasts.Show(grid.Common.Device, JobOf(grid.Rows.Select(row => row.Recipe)), terminal);

    static IReadOnlyList<Work> JobOf(IEnumerable<Recipe> recipes) => [Work.OfPopulation([.. recipes])];

    int Execute(OutputFolder folder, Interruption interruption)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan open = default;
        (ComputeDevice device, Population population) = DeviceInput.Open(grid.Common.Device, JobOf(data.Recipes), terminal, opened =>
        {
            open = Lap(clock);
            return (opened, Prepare(opened));
        });
        using ComputeDevice used = device;
        TimeSpan compile = Lap(clock);
        interruption.Begin("what there is will be written");
        IReadOnlyList<PopulationResult> results = Train(population, interruption.Token);
        bool cut = results.Any(r => r.Steps < grid.Common.Steps && r.DivergedStep is null);
        if (cut && results.All(r => r.Steps == 0)) throw new OperationCanceledException(interruption.Token);
        if (!cut) interruption.Now("the sweep is complete and is written");

        clock.Restart();
        var ranking = new SweepRanking(grid, data, results, device);
        TimeSpan judge = Lap(clock);
        var outputs = new SweepOutputs(folder, grid, data, results, ranking, device);
        outputs.WriteTable();
        if (ranking.Best is int best) outputs.WriteBest(best);
        (TimeSpan evaluate, TimeSpan plot) = WriteMosaic(folder, outputs, device, clock);

        var record = new SweepRecord(RunRecord.CurrentSchema, ProgramVersion.Text, Options(), DeviceInput.Record(device), "fused",
            results.Count, results.Count(r => r.DivergedStep is not null), grid.Common.Steps,
            new SweepPlan(population.Plan.Batches.Count, population.Plan.Bytes, population.Plan.Budget, population.Plan.ChunkSteps),
            Best(ranking, results, folder.Path), cut ? "cancelled" : "completed",
            new SweepTimings(Seconds(open), Seconds(compile), Seconds(population.Times.Load), Seconds(population.Times.Train),
                Seconds(population.Times.Evaluate + judge + evaluate), Seconds(plot), Seconds(total.Elapsed)));
        record = record with { Outputs = folder.Outputs(results.Any(r => r.Steps > 0) || grid.Common.Steps == 0) };
        if (record.Outputs is not null)
        {
            record.Save(folder[RunFiles.Record]);
            folder.Publish();
        }
        Report(record, results, record.Outputs is null ? $"nothing, {folder.Path} keeps its earlier run" : folder.Path);
        return cut ? interruption.ExitCode : ExitCode.Ok;
    }

    Population Prepare(ComputeDevice device)
    {
        Population population;
        try
        {
            population = new Population(device, data.Recipes, [.. data.Numbers.Select(set => data.Sets[set])]);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(UsageException.Plain(e), e);
        }
        terminal.Note(population.Plan.ToString());
        if (device.Kind is DeviceKind.OpenCL or DeviceKind.Cuda) terminal.Note("compiling kernels");
        population.WarmUp();
        return population;
    }

    IReadOnlyList<PopulationResult> Train(Population population, CancellationToken cancellation)
    {
        using Terminal.Progress progress = terminal.Follow($"training {grid.Rows.Count} networks", "steps", grid.Common.Steps);
        return population.Run((share, loss) => progress.Report((int)(share * grid.Common.Steps), loss), cancellation);
    }

    (TimeSpan Evaluate, TimeSpan Plot) WriteMosaic(OutputFolder folder, SweepOutputs outputs, ComputeDevice device, Stopwatch clock)
    {
        if (grid.Common.NoPlots || !data.HavePlane)
        {
            if (!grid.Common.NoPlots) terminal.Note("mosaic.png is left out: a picture of the data needs 2 features and classes");
            return default;
        }
        clock.Restart();
        var (points, tiles, columns) = outputs.Evaluate();
        long valuesShown = tiles.Count(tile => tile.Predictions is not null) * points.Points;
        Windows.NoteNaNs(terminal, "mosaic.png", tiles.Sum(tile => (long)NaNs.Count(tile.Predictions)), valuesShown);
        TimeSpan evaluate = Lap(clock);
        string shown = tiles.Count < grid.Rows.Count
            ? Invariant($"{tiles.Count:N0} of {grid.Rows.Count:N0} networks")
            : Invariant($"{tiles.Count:N0} networks");
        MosaicPlot.Save(folder["mosaic.png"], points, tiles, columns,
            Invariant($"{shown} · {StepsMade(outputs.Results)} · {device.Description.Id}"),
            grid.Common.Style == PictureStyle.Notebook ? PlotStyle.Notebook : PlotStyle.Plain);
        return (evaluate, Lap(clock));
    }

    SweepBest? Best(SweepRanking ranking, IReadOnlyList<PopulationResult> results, string folder)
    {
        if (ranking.Best is not int k) return null;
        string figure = results[k].Accuracy is null ? "loss" : "accuracy";
        string by = ranking.Validation is null ? $"training {figure}"
            : Invariant($"validation {figure}{(grid.Seeds > 1 ? $", mean over {grid.Seeds:N0} seeds" : "")}");
        float? final = RunRecord.Finite(results[k].FinalLoss), mean = RunRecord.Finite(results[k].MeanLossLast1000);
        var used = RunData.Of(data.Whole(data.Numbers[k]), TrainData.FileOf(grid.Rows[k].Data), folder);
        return new SweepBest(k + 1, RunRecord.ToJson(grid.Rows[k]), used, final, mean, results[k].Accuracy, by)
        {
            ValidationLoss = ranking.Validation?[k]?.Loss is double loss ? RunRecord.Finite(loss) : null,
            ValidationAccuracy = ranking.Validation?[k]?.Accuracy,
            OverSeeds = ranking.OverSeeds,
        };
    }

    Dictionary<string, string[]> Options()
    {
        var options = new Dictionary<string, string[]>();
        foreach (TrainOption option in SweepCommand.RowOptions.Append(TrainOptions.Find("device")))
        {
            string[]? values = grid.Axes.FirstOrDefault(axis => axis.Option == option).Values;
            if (values is not null) options[option.Name] = values;
            else if (option.Text(TrainData.Resolve(grid.Rows[0])) is string text) options[option.Name] = [text];
        }
        return options;
    }

    void Report(SweepRecord record, IReadOnlyList<PopulationResult> results, string folder)
    {
        terminal.Say(Invariant($"networks   {record.Networks:N0}, {record.Diverged:N0} diverged, {StepsMade(results)}"));
        double rate = results.Sum(r => (double)r.Steps) / record.Timings.Train;
        terminal.Say(Invariant(
            $"trained    in {record.Timings.Train:G3} s, {rate:G3} steps per second; all in {record.Timings.Total:G3} s"));
        if (record.Best is SweepBest best)
        {
            TrainConfig row = grid.Rows[best.Row - 1];
            string options = string.Join(' ', grid.Axes.Where(axis => axis.Values.Length > 1)
                .Select(axis => $"--{axis.Option.Name} {axis.Option.Text(row) ?? "off"}"));
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
            int last = Math.Min(TrainingResult.LastLosses, results[best.Row - 1].Steps);
            string loss = Invariant($"loss {best.MeanLossLast1000:G4} over the last {last:N0} steps");
            terminal.Say(Invariant($"best       row {best.Row}: {accuracy}{loss} {options}").TrimEnd());
        }
        else
        {
            string why = results.All(r => r.Steps == 0) ? "made a step" : "stayed finite";
            terminal.Note($"best.safetensors is left out: no network {why}");
        }
        terminal.Say($"written    {folder}");
        if (terminal.Json) Terminal.Print(record.ToJson());
    }

    // networks that diverged are not counted: they made fewer steps
    string StepsMade(IReadOnlyList<PopulationResult> results)
    {
        int[] made = [.. results.Where(r => r.DivergedStep is null).Select(r => r.Steps).DefaultIfEmpty(grid.Common.Steps)];
        return made.Min() == grid.Common.Steps ? Invariant($"{grid.Common.Steps:N0} steps each")
            : Invariant($"{made.Min():N0} to {made.Max():N0} of {grid.Common.Steps:N0} steps each (cancelled)");
    }

    static TimeSpan Lap(Stopwatch clock)
    {
        TimeSpan lap = clock.Elapsed;
        clock.Restart();
        return lap;
    }
}
