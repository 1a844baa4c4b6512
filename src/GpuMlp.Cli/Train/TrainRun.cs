using System.Diagnostics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Optimizers;
using GpuMlp.Planning;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;
using static GpuMlp.Cli.Shell.Numbers;

namespace GpuMlp.Cli.Train;

/// <summary>One execution of the verb train: it checks data, network and options, trains, and writes the outputs.</summary>
sealed class TrainRun
{
    // the answers to a signal while there are steps to make
    const string Partial = "what there is will be written", PartialOfModules = $"{Partial}, without a checkpoint",
        PartialOfFolds = $"{Partial}; a run that goes on makes its folds anew";

    readonly TrainConfig config;
    readonly Terminal terminal;
    readonly TrainInput input;
    readonly StoredCheckpoint? resumed;
    RandomStream weights;
    bool drawn;
    readonly Stopwatch total = Stopwatch.StartNew();

    TrainRun(TrainConfig config, StoredCheckpoint? resumed, Terminal terminal)
    {
        (this.config, this.resumed, this.terminal) = (config, resumed, terminal);
        (RandomStream points, weights) = TrainData.Streams(config);
        if (config.Api == TutorialHalf.Modules) ModulesRun.Check(config);
        using (TrainData.Loading(config, terminal)) input = TrainInput.Load(config, points);
        Views.Check(config, input);
        CheckSize();
    }

    /// <summary>Trains with a config.</summary>
    /// <exception cref="UsageException">The data, the network, the options and the folder do not go together.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(
        Replay replay, StoredCheckpoint? resumed, string? output, bool force, Terminal terminal, Interruption interruption)
    {
        TrainConfig config = replay.Config;
        var run = new TrainRun(config, resumed, terminal);
        if (resumed is not null)
        {
            Resuming.CheckData(resumed, config, run.Identify("."));
            terminal.Note(Invariant($"goes on after {resumed.State.Steps:N0} of {config.Steps:N0} steps"));
        }
        else run.Compare(replay.Data);
        if (!run.input.HasPicture && !config.NoPlots)
            terminal.Note(Invariant($"no boundary is drawn: a picture shows one number, and the labels are {run.input.Raw.Targets}"));
        foreach (string note in run.input.Notes) terminal.Note(note);
        foreach (string note in TrainData.Collapsed(run.input.Raw, config.Standardize)) terminal.Note(note);
        foreach (string note in HeldOut.Notes(run.input).Concat(Hints.Before(config, run.input))) terminal.Note(note);
        if (run.input.Raw.ClassCount > 0 && run.input.Raw.Labels.Distinct().Count() == 1)
            terminal.Note("every row has the same label: there is nothing to tell apart");
        string[] outputs = RunFiles.OfTrain(!config.NoPlots, run.input.HasPicture, run.input.Raw.ClassCount > 0, config.Format);
        if (config.Views is string views) outputs = [.. outputs, .. RunFiles.OfViews(TrainConfig.ViewsOf(views))];
        if (config.Api == TutorialHalf.Layers) outputs = [.. outputs, .. RunFiles.Checkpoint];
        using OutputFolder folder = output is null
            ? OutputFolder.ClaimNew(TrainData.ShortName(config.Data), outputs) : OutputFolder.Claim(output, force, outputs);
        interruption.AtOnce = folder.Dispose;
        return run.Execute(folder, interruption);
    }

    RunData Identify(string folder) => input.Identify(config, folder);

    // a replay of other data is another run
    void Compare(RunData? before)
    {
        if (before is null || before.Hash.Length == 0) return;
        RunData now = Identify(".");
        foreach (string option in before.OtherFiles(now))
            terminal.Note($"the rows of --{option} have changed since the record was written: the run will not be the same");
        if (before.Hash == now.Hash) return;
        string rows = before.Rows == input.All.Count ? "" : Invariant($", {before.Rows:N0} rows then and {input.All.Count:N0} now");
        terminal.Note($"{config.Data} has changed since the record was written: the run will not be the same{rows}");
    }

    /// <summary>Prints how long a run is expected to take on each device; trains nothing.</summary>
    public static int Plan(TrainConfig config, Terminal terminal) =>
        Forecasts.Show(config.Device, new TrainRun(config, null, terminal).Job, terminal);

    int Execute(OutputFolder folder, Interruption interruption)
    {
        Task<byte[]>? dataPlot = config.Api == TutorialHalf.Modules ? null : TrainOutputs.StartDataPlot(config, input);
        long start = Stopwatch.GetTimestamp();
        if (config.Api == TutorialHalf.Modules)
        {
            using ComputeDevice device = DeviceInput.Open(config.Device, Job, terminal, opened => opened);
            TimeSpan open = Stopwatch.GetElapsedTime(start);
            interruption.Begin(PartialOfModules);
            RunRecord modules = new ModulesRun(config, input, weights, terminal).Execute(device, folder, open, total, interruption);
            modules = modules with { Data = Identify(folder.Path) };
            return Finish(modules, folder, modules.StopReason == "cancelled" ? interruption.ExitCode : ExitCode.Ok);
        }

        RunData data = Identify(folder.Path);
        using var checkpoints = new Checkpoints(config, folder, data, resumed);
        using Session session = DeviceInput.Open(config.Device, Job, terminal, device => Prepare(device, checkpoints.Plan, start));
        return Execute(session, checkpoints, data, dataPlot, folder, interruption);
    }

    int Execute(Session session, Checkpoints checkpoints, RunData data, Task<byte[]>? dataPlot, OutputFolder folder,
        Interruption interruption)
    {
        (ComputeDevice device, Sequential network, Trainer trainer, TimeSpan open, TimeSpan compile) = session;
        long start = Stopwatch.GetTimestamp();
        interruption.Begin(config.Folds is null ? Partial : PartialOfFolds);
        FoldsMetrics? folds = config.Folds is null ? null : new CrossValidation(config, input, terminal).Run(device, interruption.Token);
        start = Stopwatch.GetTimestamp();
        TrainingResult result = Train(trainer, interruption.Token);
        IOException? notSaved = checkpoints.Finish(trainer, result);
        if (resumed is not null)
            result = Resuming.Thinned(Resuming.Whole(resumed, result), config.SnapshotEvery, MostFrames, terminal);
        TimeSpan train = Stopwatch.GetElapsedTime(start);
        if (result.StopReason != StopReason.Cancelled) interruption.Complete("the run");

        var outputs = new TrainOutputs(folder, terminal, config, network, input, dataPlot);
        outputs.WriteHistory(result);
        (Judgements? judged, TimeSpan evaluate, TimeSpan plot) = result.StopReason == StopReason.Diverged
            ? default : outputs.WriteModelAndPictures(result);
        if (judged is not null)
            foreach (string note in Hints.After(config, input, judged)) terminal.Note(note);
        var record = new RunRecord
        {
            Version = ProgramVersion.Text,
            Config = config with { Window = config.Window ?? input.Window },
            Data = data,
            Device = DeviceInput.Record(device),
            Engine = trainer.Engine,
            EngineReason = trainer.EngineReason,
            Init = Initializer.Names.Of(Initializer.Resolve(config.Init, input.Spec)),
            Parameters = input.Spec.ParameterCount,
            Steps = result.Steps,
            FinalLoss = RunRecord.Finite(result.FinalLoss),
            MeanLossLast1000 = RunRecord.Finite(result.MeanLossLast1000),
            Accuracy = judged?.Training.Accuracy,
            RootMeanSquareError = judged?.Training.Numbers?.RootMeanSquareError,
            Metrics = judged?.Metrics(input.Raw.ClassNames) is RunMetrics metrics ? metrics with { Folds = folds } : null,
            ClassWeights = Weights,
            Split = input.Split,
            StopReason = result.StopReason.ToString().ToLowerInvariant(),
            RestoredSteps = result.RestoredSteps,
            DivergedStep = result.DivergedStep,
            Timings = new RunTimings(
                Seconds(open), Seconds(compile), Seconds(train), Seconds(evaluate), Seconds(plot), Seconds(total.Elapsed)),
        };
        int code = Finish(record, folder, result.StopReason == StopReason.Cancelled ? interruption.ExitCode : ExitCode.Ok);
        return notSaved is null ? code : throw notSaved;
    }

    Dictionary<string, float>? Weights => input.Recipe.ClassWeights is not { } weights ? null
        : input.Raw.ClassNames.Zip(weights).ToDictionary(pair => pair.First, pair => pair.Second);

    // drawing more takes minutes, and nobody looks through so many pictures
    internal const int MostFrames = 2000;

    // multiply-adds that a processor makes in a tenth of a second or so
    const double MuchOfAStep = 1e9;

    // how many snapshots are kept; none where no picture needs them
    long Frames => (input.Plane is null && config.Views is null) || config.NoPlots || config.SnapshotEvery == 0 ? 0
        : config.Steps / config.SnapshotEvery + 1L;

    /// <summary>All that is on the device.</summary>
    sealed record Session(ComputeDevice Device, Sequential Network, Trainer Trainer, TimeSpan Open, TimeSpan Compile) : IDisposable
    {
        public void Dispose()
        {
            Trainer.Dispose();
            Network.Dispose();
            Device.Dispose();
        }
    }

    Session Prepare(ComputeDevice device, Checkpointing? checkpoints, long start)
    {
        TimeSpan open = Stopwatch.GetElapsedTime(start);
        if (drawn) weights = Again();                              // a device before this one had no room after all
        drawn = true;
        Sequential network = input.Recipe.Build(device, weights);
        Trainer trainer = Prepare(network, checkpoints);
        bool isDriver = device.Kind is DeviceKind.OpenCL or DeviceKind.Cuda;
        if (isDriver) terminal.Note("compiling kernels");
        start = Stopwatch.GetTimestamp();
        using (terminal.During("making a first step", !isDriver && Steps.Operations >= MuchOfAStep)) trainer.WarmUp();
        return new Session(device, network, trainer, open, Stopwatch.GetElapsedTime(start));
    }

    // NumPy's one stream draws the data first
    RandomStream Again()
    {
        (RandomStream points, RandomStream again) = TrainData.Streams(config);
        TrainInput.Load(config, points);
        return again;
    }

    Trainer Prepare(Sequential network, Checkpointing? checkpoints)
    {
        try
        {
            var options = new TrainingOptions
            {
                SnapshotEvery = Frames > 0 ? config.SnapshotEvery : 0,
                Engine = config.Engine,
                Validation = input.Validation(config),
                Checkpoints = checkpoints,
            };
            var trainer = new Trainer(network, input.Data, input.Recipe, options, TrainData.Picks(config, input.Data.Count, weights));
            string not = trainer.Engine == "layers" ? "not fused, " : "";
            if (resumed is not null) Resuming.Continue(trainer, resumed);
            if (config.Engine == EngineChoice.Auto) terminal.Note($"engine {trainer.Engine}: {not}{trainer.EngineReason}");
            return trainer;
        }
        catch (ArgumentException e) when (config.Engine != EngineChoice.Auto)
        {
            throw UsageException.For("engine", TrainingOptions.Engines.Of(config.Engine), UsageException.Plain(e), e);
        }
    }

    // the steps, and the points at which the network is evaluated: the data, for its accuracy, and those of the pictures
    IReadOnlyList<Work> Job => [Steps, Work.OfGrid(input.Spec, input.Data.Count + PicturePoints)];

    double PicturePoints => !input.HasPicture || config.NoPlots ? 0 : TrainOutputs.Points(config.Size, Frames);

    Work Steps => Work.OfTraining(input.Recipe, config.Api == TutorialHalf.Modules ? EngineChoice.Layers : config.Engine);

    TrainingResult Train(Trainer trainer, CancellationToken cancellation)
    {
        using Terminal.Progress progress = terminal.Follow("training", "steps", config.Steps, resumed?.State.Steps ?? 0);
        return trainer.Run((done, loss) => progress.Report(done, loss), cancellation);
    }

    int Finish(RunRecord record, OutputFolder folder, int exitCode)
    {
        bool cameToSomething = record.DivergedStep is null && (record.Steps > 0 || config.Steps == 0);
        record = record with { Outputs = folder.Outputs(cameToSomething) };
        if (record.Outputs is not null)
        {
            record.Save(folder[RunFiles.Record]);
            folder.Publish();
        }
        if (record.DivergedStep is int step)
        {
            string remedy = Hints.Remedy(config, input.Raw);
            Terminal.Error(Invariant($"diverged at step {step}: the loss or a weight is no longer finite; {remedy} may help ") +
                $"({folder.Path} {(record.Outputs is null ? "keeps its earlier run" : "has losses.csv and run.json")})");
            exitCode = ExitCode.Diverged;
        }
        string written = record.Outputs is null ? $"nothing, {folder.Path} keeps its earlier run" : folder.Path;
        if (exitCode != ExitCode.Diverged)
            foreach (string line in TrainSummary.Lines(record, input.Raw, written)) terminal.Say(line);
        if (terminal.Json) Terminal.Print(record.ToJson());
        return exitCode;
    }

    void CheckSize()
    {
        if (Frames > MostFrames && resumed is null)
        {
            string tooMany = Invariant($"{config.Steps:N0} steps would give {Frames:N0} pictures, at most {MostFrames:N0} are drawn");
            throw UsageException.For("snapshot-every", $"{config.SnapshotEvery}", $"{tooMany}; give a larger number, or 0 for none");
        }
        if (Frames * input.Spec.ParameterCount > int.MaxValue / 2)
        {
            string parameters = Invariant($"{input.Spec.ParameterCount:N0} parameters");
            string tooMany = Invariant($"{Frames:N0} pictures of a network of {parameters} are too many to keep");
            throw UsageException.For("snapshot-every", $"{config.SnapshotEvery}", $"{tooMany}; give a larger number");
        }
        // parameters, gradients, a copy on the host, an optimizer's state, snapshots; a batch between layers; data and losses on the
        // device and on the host
        long states = config.Optimizer == OptimizerKind.Sgd ? 0 : 2;
        long values = input.Spec.ParameterCount * (3 + states + Frames)
            + (config.Batch + 8192L) * input.Spec.Widths.Sum(width => 2L * width)
            + 2L * input.Raw.Count * input.Raw.Features + 2L * config.Steps;
        HostMemory.Require($"--net {config.Net} with --batch {config.Batch} and --steps {config.Steps}", sizeof(float) * values);
    }
}
