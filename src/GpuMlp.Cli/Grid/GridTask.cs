using System.Diagnostics;
using System.Text.Json;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Grid;

/// <summary>One execution of the verb grid on a device: it evaluates the model and writes the file.</summary>
sealed class GridTask(GridInput input, Terminal terminal, ComputeDevice device, Sequential network, Interruption interruption) : IDisposable
{
    const double ManyPoints = 1e6;

    readonly GridRequest request = input.Request;
    readonly GridSpec grid = input.Grid;
    TimeSpan compile, evaluate, write;
    long notNumbers;

    /// <summary>Does what the options ask for.</summary>
    /// <exception cref="UsageException">An option is wrong, or does not go with the model.</exception>
    /// <exception cref="DeviceUnavailableException">This machine has no such device, or it does not open.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(GridRequest request, Terminal terminal, Interruption interruption)
    {
        request.Check(terminal.Json);
        var input = new GridInput(request, terminal);
        long start = Stopwatch.GetTimestamp();
        using GridTask task = DeviceInput.Open(input.Device, [input.Work], terminal,
            device => new GridTask(input, terminal, device, input.Network(device), interruption));
        TimeSpan open = Stopwatch.GetElapsedTime(start);
        GridSummary summary = input.Request.Value == "boundary" ? task.FindBoundary() : task.Evaluate();
        summary = summary with { Timings = summary.Timings with { Open = open.TotalSeconds } };
        if (terminal.Json) Terminal.Print(JsonSerializer.Serialize(summary, GridJson.Default.GridSummary));
        else terminal.Note(InWords(summary));
        Windows.NoteNaNs(terminal, request.Out!, task.notNumbers, summary.Evaluations ?? summary.Points);
        return ExitCode.Ok;
    }

    /// <summary>Prints how long a grid is expected to take on each device; evaluates nothing.</summary>
    public static int Plan(GridRequest request, Terminal terminal)
    {
        request.Check(terminal.Json);
        var input = new GridInput(request, terminal);
        return Forecasts.Show(input.Device, [input.Work], terminal);
    }

    static string InWords(GridSummary summary)
    {
        double seconds = summary.Timings.Evaluate, rate = summary.PointsPerSecond ?? 0;
        if (summary.Evaluations is not long evaluations)
        {
            string perSecond = rate >= 1e6 ? Invariant($"{rate / 1e6:N1} million points/s") : Invariant($"{rate:N0} points/s");
            return Invariant($"{summary.Points:N0} points in {seconds:0.###} s, {summary.Form}: {perSecond}");
        }
        string lines = Invariant($"{summary.Lines:N0} {(summary.Lines == 1 ? "line" : "lines")} in {seconds:0.###} s, {summary.Form}");
        double share = (double)evaluations / summary.Points;
        return Invariant($"{lines}: {evaluations:N0} evaluations, {share:0.####%} of the grid's {summary.Points:N0} points");
    }

    delegate TimeSpan Classes(GridSpec grid, GridSink<byte> sink, CancellationToken cancellation);

    delegate TimeSpan Values(GridSpec grid, GridSink<float> sink, CancellationToken cancellation);

    GridSummary Evaluate()
    {
        bool several = network.Outputs > 1;
        FeaturePlane? derived = input.Derived;
        GridEvaluator? evaluator = several || derived is not null ? null : Evaluator();
        if (evaluator?.Form == GridForm.Batches)
            terminal.Note("form batches: a layer is wider than 256, or there are more than eight, so points go through layer by layer");
        Classes classes = derived is not null ? (points, sink, cancellation) => derived.StreamClasses(network, points, sink, cancellation)
            : several ? new ClassEvaluator(network).Stream : evaluator!.StreamClasses;
        Values values = derived is not null
            ? (points, sink, cancellation) => derived.Stream(network, points, sink, Wanted, input.OneClass, cancellation)
            : several ? (points, sink, cancellation) =>
                new ClassEvaluator(network).StreamOutputs(points, sink, Wanted, input.OneClass, cancellation)
            : (points, sink, cancellation) => evaluator!.Stream(points, sink, Wanted, cancellation);
        long start = Stopwatch.GetTimestamp();
        GridSpec small = GridSpec.ForPicture(grid.Window, 2, 2, grid.Scale);       // compiles the kernels, so that evaluate is timed alone
        if (request.Value == "class") classes(small, (_, _) => { }, interruption.Token);
        else values(small, (_, _) => { }, interruption.Token);
        compile = Stopwatch.GetElapsedTime(start);
        if (request.Out == "-")
        {
            StandardStreams.Write(() =>
            {
                using Stream stdout = Console.OpenStandardOutput();
                Write(stdout);
            });
        }
        else if (request.IsMap) DrawMap(sink => values(grid, sink, interruption.Token));
        else Save(Write);
        return Summary(evaluator is null ? "batches" : evaluator.Form.ToString().ToLowerInvariant());

        void Write(Stream stream)
        {
            var outputs = new GridOutputs(grid, $"{input.Header},{request.Value}");
            int perPoint = several && input.OneClass is null ? network.Outputs : 1;
            GridSpec points = request.Kind == ".png" ? grid.TopDown() : grid;
            using IDisposable? _ = request.Value == "class"
                ? Run(outputs.Classes(stream, request.Kind, Math.Max(2, network.Outputs)),
                    sink => classes(points, sink, interruption.Token), NaNs.Count)
                : Run(outputs.Values(stream, request.Kind, perPoint),
                    sink => values(points, several ? sink : InOwnUnits(sink), interruption.Token), NaNs.Count, perPoint);
        }
    }

    // colours need the range of all values first
    void DrawMap(Func<GridSink<float>, TimeSpan> stream)
    {
        var values = new float[grid.Points];
        GridSink<float> rows = InOwnUnits((row, some) => some.CopyTo(values.AsSpan(row * grid.Width)));
        evaluate = stream(rows);
        notNumbers = NaNs.Count(values);
        long start = Stopwatch.GetTimestamp();
        (string x, string y) = input.AxisNames;
        var options = new PlotOptions
        {
            Width = Math.Max(grid.Width, LeastPicture.Width),
            Height = Math.Max(grid.Height, LeastPicture.Height),
            XLabel = x,
            YLabel = y,
        };
        string title = Invariant($"{Path.GetFileNameWithoutExtension(request.Model)} · {network.Spec} · {device.Description.Id}");
        try { HeatMapPlot.Save(request.Out!, grid, values, [], title, options); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UsageException.For("out", request.Out, $"cannot write there: {AtomicFile.Plain(e.Message)}", e);
        }
        write = Stopwatch.GetElapsedTime(start);
    }

    static readonly PictureSize LeastPicture = new(640, 480);

    GridEvaluator Evaluator()
    {
        if (request.Form == "piecewise" && device.Kind != DeviceKind.Cpu)
            throw UsageException.For("form", request.Form, "is computed by the processor itself: --device cpu");
        try { return new GridEvaluator(network, request.Form == "piecewise"); }
        catch (ArgumentException e)
        {
            throw new UsageException($"{(request.Form == "auto" ? request.Model : "--form piecewise")}: {UsageException.Plain(e)}", e);
        }
    }

    // numbers that were standardized for the training come out in their own units, as predict writes them
    GridSink<float> InOwnUnits(GridSink<float> sink) => input.Model.Targets is not Standardizer targets || Wanted != GridValue.Logit ? sink
        : (row, values) =>
        {
            var own = new float[values.Length];
            for (int k = 0; k < own.Length; k++) own[k] = (float)targets.Undo(values[k], 0);
            sink(row, own);
        };

    GridValue Wanted => request.Value is "logit" or "value" ? GridValue.Logit : GridValue.Probability;

    delegate int Counter<T>(ReadOnlySpan<T> values);

    IDisposable? Run<T>(GridOutputs.Writer<T> writer, Func<GridSink<T>, TimeSpan> stream, Counter<T> notNumbersIn, int perPoint = 1)
    {
        using Terminal.Progress progress = terminal.Follow("grid", "rows", grid.Height);
        evaluate = stream((row, values) =>
        {
            long start = Stopwatch.GetTimestamp();
            notNumbers += notNumbersIn(values);
            writer.Rows(row, values);
            write += Stopwatch.GetElapsedTime(start);
            progress.Report(row + values.Length / (grid.Width * perPoint));
        });
        writer.Finish();
        return writer.Resource;
    }

    // a file that cannot be created is bad input; a write that fails later is a failure
    void Save(Action<Stream> fill)
    {
        AtomicFile file;
        try
        {
            file = AtomicFile.Create(request.Out!);
            AtomicFile.Clear(request.Out!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UsageException.For("out", request.Out, $"cannot write there: {AtomicFile.Plain(e.Message)}", e);
        }
        using (file)
        {
            fill(file.Stream);
            interruption.Complete("the grid");
            long start = Stopwatch.GetTimestamp();
            file.Commit();
            write += Stopwatch.GetElapsedTime(start);
        }
    }

    GridSummary FindBoundary()
    {
        Window within = Window(grid);
        bool several = network.Outputs > 1, exact = !several && BoundaryFinder.HasExactLine(network, within);
        long start = Stopwatch.GetTimestamp();
        using IDisposable _ = terminal.During("following the boundary", !exact && grid.Points >= ManyPoints);
        Boundary found = exact ? BoundaryFinder.FindExact(network, within) : BoundaryFinder.Find(network, grid, interruption.Token);
        evaluate = Stopwatch.GetElapsedTime(start);
        notNumbers = found.NotNumbers;
        if (grid.Scale is PlaneScale scale)
            found = found with { Lines = [.. found.Lines.Select(line => (IReadOnlyList<BoundaryPoint>)[.. line.Select(scale.Back)])] };
        found = found with { Window = grid.Window };
        Save(stream =>
        {
            long begun = Stopwatch.GetTimestamp();
            using var text = new StreamWriter(stream, leaveOpen: true);
            if (request.Kind == ".svg") found.WriteSvg(text);
            else found.WriteCsv(text);
            write += Stopwatch.GetElapsedTime(begun);
        });
        return Summary(several ? "batches" : exact ? "exact" : "adaptive") with
        {
            PointsPerSecond = null,
            Evaluations = found.Evaluations,
            Lines = found.Lines.Count,
        };
    }

    static Window Window(GridSpec spec) => spec.Width > 1 && spec.Height > 1
        ? new Window(spec.X[0], spec.X[^1], spec.Y[0], spec.Y[^1])
        : throw new UsageException("--value boundary needs two columns and two rows at least");

    GridSummary Summary(string form) => new(
        1, ProgramVersion.Text, new GridDevice(DeviceInput.Named(device.Kind), device.Name), form, request.Value!,
        grid.Width, grid.Height, grid.Points, evaluate > TimeSpan.Zero ? grid.Points / evaluate.TotalSeconds : 0, null, null,
        new GridTimings(0, compile.TotalSeconds, evaluate.TotalSeconds, write.TotalSeconds))
    {
        NotNumbers = notNumbers > 0 ? notNumbers : null,
    };

    public void Dispose()
    {
        network.Dispose();
        device.Dispose();
    }
}
