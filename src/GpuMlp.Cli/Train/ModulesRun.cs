using System.Diagnostics;
using GpuMlp.Autograd;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Samples;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Plotting;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tensors;
using GpuMlp.Training;
using static System.FormattableString;
using static GpuMlp.Cli.Shell.Numbers;

namespace GpuMlp.Cli.Train;

/// <summary>One execution of train with --api modules: it runs the sample with the data and the settings of a config.</summary>
sealed class ModulesRun(TrainConfig config, TrainInput input, RandomStream weights, Terminal terminal)
{
    readonly List<BoundaryFrame> frames = [];

    /// <summary>Refuses options that the sample fixes.</summary>
    /// <exception cref="UsageException">Such an option has another value than its default.</exception>
    public static void Check(TrainConfig config)
    {
        if (ModulesSample.WhyNot(config) is not var (option, value)) return;
        throw UsageException.For(option, value,
            "--api modules runs the tutorial's sample, a 2-50-1 network of modules by SGD on one example per step; leave it out");
    }

    /// <summary>Trains, and writes all outputs but the record.</summary>
    /// <returns>The record of the run.</returns>
    public RunRecord Execute(ComputeDevice device, OutputFolder folder, TimeSpan open, Stopwatch total, Interruption interruption)
    {
        using Sequential net = ModulesTutorial.Network(device, weights);
        long start = Stopwatch.GetTimestamp();
        float[] losses = Train(net, interruption.Token);
        TimeSpan train = Stopwatch.GetElapsedTime(start);
        int? diverged = losses.Length > 0 && !float.IsFinite(losses[^1]) ? losses.Length - 1 : null;
        bool isCut = diverged is null && losses.Length < config.Steps;
        if (!isCut) interruption.Complete("the run");

        LossesCsv.WriteThinned(folder["losses.csv"], losses, null, config.AllLosses ? int.MaxValue : LossesCsv.MostRows);
        start = Stopwatch.GetTimestamp();
        Judgements? judged = diverged is null ? Save(net, device, folder) : null;
        if (diverged is null && Grid is GridSpec grid)
        {
            AddFrame(net, grid, losses.Length);
            ModulesTutorial.Draw(folder.New, input.Raw, grid, frames, losses,
                new PlotOptions { Style = config.Style == PictureStyle.Notebook ? PlotStyle.Notebook : PlotStyle.Plain });
        }
        TimeSpan plot = Stopwatch.GetElapsedTime(start);
        return new RunRecord
        {
            Version = ProgramVersion.Text,
            Config = config with { Window = input.Window },
            Device = DeviceInput.Record(device),
            Engine = "modules",
            Init = "normal",
            Parameters = net.ParameterCount,
            Steps = losses.Length,
            FinalLoss = losses.Length > 0 ? RunRecord.Finite(losses[^1]) : null,
            MeanLossLast1000 = RunRecord.Finite(TrainingResult.MeanOfLast(losses)),
            Accuracy = judged?.Training.Accuracy,
            Metrics = judged?.Metrics(input.Raw.ClassNames),
            StopReason = diverged is not null ? "diverged" : isCut ? "cancelled" : "completed",
            DivergedStep = diverged,
            Timings = new RunTimings(Seconds(open), 0, Seconds(train), 0, Seconds(plot), Seconds(total.Elapsed)),
        };
    }

    GridSpec? Grid => config.NoPlots || input.Window is not Window window ? null : GridSpec.ForPicture(window, 240, 180);

    float[] Train(Sequential net, CancellationToken cancellation)
    {
        using Terminal.Progress progress = terminal.Follow("training", "steps", config.Steps);
        GridSpec? grid = config.SnapshotEvery > 0 ? Grid : null;
        Func<int> picks = ModulesSample.Picks(config, input.Data.Count, weights);
        return ModulesTutorial.Train(net, input.Data, picks, config.Steps, config.Lr, (step, loss) =>
        {
            if (grid is not null && step % config.SnapshotEvery == 0) AddFrame(net, grid, step);
            if (step % 256 == 0) progress.Report(step, loss);
            return float.IsFinite(loss) && !cancellation.IsCancellationRequested;
        });
    }

    void AddFrame(Sequential net, GridSpec grid, int step) => frames.Add(new BoundaryFrame(step,
        ModulesTutorial.Probabilities(net, grid),
        Invariant($"step {step:N0} · loss {Loss(net):0.0000} · {net.Device.Description.Id}")));

    // the mean over all rows, by the same expression with which the sample computes the loss of one row
    float Loss(Sequential net) => new BceLoss().Forward(
        net.Forward(Variable.From(net.Device, input.Data.Inputs)), Variable.From(net.Device, input.Data.Labels)).Item();

    // a model file holds layers, so the parameters are copied into layers
    Judgements Save(Sequential net, ComputeDevice device, OutputFolder folder)
    {
        using Sequential layers = input.Spec.Build(device, config.Loss);
        foreach ((Parameter to, Parameter from) in layers.Parameters().Zip(net.Parameters())) to.Value.CopyFrom(from.Value.ToArray());
        ModelFile.Save(folder["model.safetensors"], input.Model(layers));
        return Judgements.Of(layers, input);
    }
}
