using System.Diagnostics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Planning;
using GpuMlp.Records;
using static System.FormattableString;
using static GpuMlp.Cli.Shell.Numbers;

namespace GpuMlp.Cli.Compare;

/// <summary>One execution of the verb compare: it trains one recipe on all devices and engines, compares, and writes the outputs.</summary>
sealed class CompareRun
{
    // a point of the grid is a pixel of the boundary's picture or more
    const int GridWidth = 480, GridHeight = 360;

    readonly Stopwatch total = Stopwatch.StartNew();
    readonly TrainConfig config;
    readonly TrainInput input;
    readonly Terminal terminal;
    readonly GridSpec? grid;
    readonly List<CompareRow> rows = [];
    readonly List<Trained> trained = [];

    CompareRun(TrainConfig config, TrainInput input, Terminal terminal)
    {
        (this.config, this.input, this.terminal) = (config, input, terminal);
        if (input.HasPicture && input.Axes is { Window: Window window, Y: not null }) grid = input.Grid(window, GridWidth, GridHeight);
    }

    /// <summary>Trains on all devices by all engines, and compares.</summary>
    /// <exception cref="UsageException">The data, the network, the options and the folder do not go together.</exception>
    /// <exception cref="DeviceUnavailableException">None of the devices is there.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(TrainConfig config, IReadOnlyList<DeviceDescription> devices, IReadOnlyList<string> engines,
        string? output, bool force, Terminal terminal, Interruption interruption)
    {
        TrainInput input;
        using (TrainData.Loading(config, terminal)) input = TrainInput.Load(config, TrainData.Streams(config).Data);
        foreach (string note in input.Notes) terminal.Note(note);
        // the weights and losses of all trainings are kept until they are compared
        HostMemory.Require($"--net {config.Net} with --steps {config.Steps} on {devices.Count} devices",
            (double)sizeof(float) * devices.Count * engines.Count * (input.Spec.ParameterCount + config.Steps + GridWidth * GridHeight));
        if (!devices.Any(device => device.IsAvailable)) ComputeDevice.Open(devices[0].Id).Dispose();        // says what there is
        string[] outputs = RunFiles.OfComparison();
        using OutputFolder folder = output is null ? OutputFolder.ClaimNew("compare", outputs) : OutputFolder.Claim(output, force, outputs);
        interruption.AtOnce = folder.Dispose;
        return new CompareRun(config, input, terminal).Execute(devices, engines, folder, interruption);
    }

    int Execute(
        IReadOnlyList<DeviceDescription> devices, IReadOnlyList<string> engines, OutputFolder folder, Interruption interruption)
    {
        interruption.Begin("what there is will be written");
        var contest = new Contest(input, config, grid, new Trainings(config, input).Prepare, terminal);
        foreach (DeviceDescription device in devices)
        {
            if (device.Excluded is string reason) rows.Add(new CompareRow(device.Id, device.Name, null, reason));
            else foreach (string engine in engines) Add(contest, device, engine, interruption.Token);
        }
        bool cut = interruption.Token.IsCancellationRequested;
        if (!cut) interruption.Complete("the comparison");
        var crossovers = Crossovers.Of(input.Recipe);
        var record = new CompareRecord(1, ProgramVersion.Text, RunRecord.ToJson(config),
            input.Identify(config, folder.Path), input.Spec.ParameterCount,
            grid is null ? null : new CompareGrid(grid.Window.ToString(), grid.Width, grid.Height), [.. rows],
            [.. crossovers.Found.Select(found =>
                new CompareCrossover(found.Device.Id, found.Of, found.From, found.UpTo, found.BeyondMeasured))],
            [.. crossovers.NotMeasured.Select(device => device.Id)], new CompareTimings(Seconds(total.Elapsed)));
        ComparePicture.Of(record, trained, input, grid, contest.Side).Save(folder[RunFiles.ComparisonPicture]);
        return Finish(record, folder, cut ? interruption.ExitCode : null);
    }

    void Add(Contest contest, DeviceDescription device, string engine, CancellationToken cancellation)
    {
        const string Cancelled = "cancelled";
        try
        {
            cancellation.ThrowIfCancellationRequested();
            (CompareRow row, Trained? result) = contest.Train(device, engine, cancellation);
            if (result is not null)
            {
                if (Peer(engine) is Trained with) row = contest.Compare(result, with, cancellation);
                trained.Add(result with { Row = row });
            }
            rows.Add(row);
        }
        catch (OperationCanceledException)
        {
            rows.Add(new CompareRow(device.Id, device.Name, engine, Cancelled));
        }
    }

    // The modules compose their loss of other operations, which round differently: they are compared with the first training, and all other
    // devices' modules with the first ones.
    Trained? Peer(string engine) =>
        trained.FirstOrDefault(other => IsOfModules(other.Row.Engine!) == IsOfModules(engine)) ?? trained.FirstOrDefault();

    static bool IsOfModules(string engine) => engine == Trainings.Modules;

    // whether a row differs although its device and its engines say that they compute the same
    static bool IsUnexpected(CompareRow row) => row is { SameBits: false, WhyNotSameBits: null } && !CompareTable.IsOtherSum(row);

    int Finish(CompareRecord record, OutputFolder folder, int? cut)
    {
        record = record with { Outputs = folder.Outputs(true) ?? [] };
        record.Save(folder[RunFiles.Comparison]);
        folder.Publish();
        foreach (string line in CompareTable.Lines(record, Paragraph.WidthOf(Console.Out))) terminal.Say(line);
        terminal.Say($"written    {folder.Path}");
        if (terminal.Json) Terminal.Print(record.ToJson());
        if (cut is int code) return code;
        CompareRow[] unexpected = [.. rows.Where(IsUnexpected)];
        foreach (CompareRow row in unexpected)
            Terminal.Error($"{row.Title} ends in other weights than {row.ComparedWith}, although its arithmetic passes the self-test");
        CompareRow[] diverged = [.. rows.Where(row => row.StopReason == "diverged")];
        if (diverged.Length > 0) Terminal.Error($"diverged: {string.Join(", ", diverged.Select(row => row.Title))}");
        if (unexpected.Length > 0 || rows.Any(row => row.Failed)) return ExitCode.Failed;
        return diverged.Length > 0 ? ExitCode.Diverged : ExitCode.Ok;
    }
}
