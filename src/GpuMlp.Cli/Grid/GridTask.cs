using System.Diagnostics;
using System.Text.Json;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Grid;

/// <summary>One execution of the verb grid: it checks the options against the model, evaluates, and writes the file.</summary>
sealed class GridTask
{
    GridRequest request;
    readonly Terminal terminal;
    readonly ComputeDevice device;
    readonly Model model;
    readonly GridSpec grid;
    readonly Interruption interruption;
    TimeSpan compile, evaluate, write;
    long notNumbers;

    GridTask(GridRequest request, Terminal terminal, ComputeDevice device, Model model, Interruption interruption)
    {
        (this.request, this.terminal, this.device, this.model, this.interruption) = (request, terminal, device, model, interruption);
        if (model.Network.Inputs != 2)
            throw new UsageException($"{request.Model}: a grid needs a model of exactly two inputs, this one has {model.Network.Inputs}");
        CheckValue();
        grid = Grid();
    }

    // what a value means depends on what the network returns
    void CheckValue()
    {
        int outputs = model.Network.Outputs;
        bool number = outputs == 1 && model.Network.Loss.Labels == LabelKind.Number && model.Network.Spec!.LinearOutput;
        if (request.Value is null)
        {
            request = request with { Value = outputs > 1 ? "class" : number ? "logit" : "probability" };
            request.CheckKind();
        }
        if (outputs > 1 && request.Value != "class")
            throw UsageException.For("value", request.Value, $"{request.Model} has {outputs} outputs, one per class; allowed is class");
        if (outputs > 1 && request.Form != "auto")
            throw UsageException.For("form", request.Form, $"needs a model of one output, {request.Model} has {outputs}");
        if (number && request.Value != "logit")
        {
            string why = $"{request.Model} returns a number, no class; allowed is logit, which is that number";
            throw UsageException.For("value", request.Value, why);
        }
    }

    /// <summary>Does what the options ask for.</summary>
    /// <exception cref="UsageException">An option is wrong, or does not go with the model.</exception>
    /// <exception cref="DeviceUnavailableException">This machine has no such device, or it does not open.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(GridRequest request, Terminal terminal, Interruption interruption)
    {
        request.Check(terminal.Json);
        ModelInput.RequireFile(request.Model);
        long start = Stopwatch.GetTimestamp();
        using ComputeDevice device = DeviceInput.Open(request.Device);
        DeviceInput.Note(device, terminal, request.Device == "auto" ? " (auto: a grid is evaluated where its values are wanted)" : "");
        DeviceInput.NoteBits(device, terminal);
        TimeSpan open = Stopwatch.GetElapsedTime(start);
        Model model = ModelInput.Load(request.Model, device);
        using var network = model.Network;
        var task = new GridTask(request, terminal, device, model, interruption);
        GridSummary summary = request.Value == "boundary" ? task.FindBoundary() : task.Evaluate();
        summary = summary with { Timings = summary.Timings with { Open = open.TotalSeconds } };
        if (terminal.Json) Terminal.Print(JsonSerializer.Serialize(summary, GridJson.Default.GridSummary));
        else terminal.Note(InWords(summary));
        Windows.NoteNaNs(terminal, request.Out!, task.notNumbers, summary.Evaluations ?? summary.Points);
        return ExitCode.Ok;
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

    GridSpec Grid()
    {
        Window window = request.X is null
            ? model.Window ?? throw new UsageException($"--x and --y are needed: {request.Model} has no window of its own")
            : Parse($"{request.X},{request.Y}");
        try
        {
            if (request.Step is not null) return GridSpec.FromStep(window, request.Spacing(), Windows.Scale(model.Standardizer));
            (int width, int height) = request.Dimensions();
            return GridSpec.FromSize(window, width, height, Windows.Scale(model.Standardizer));
        }
        catch (ArgumentException e)
        {
            string message = UsageException.Plain(e), whose = request.X is null ? $"{request.Model}: its " : "";
            throw new UsageException(message.StartsWith("window", StringComparison.Ordinal) ? $"{whose}{message}" : $"--{message}", e);
        }
    }

    Window Parse(string text)
    {
        try { return Grids.Window.Parse(text); }
        catch (FormatException e) { throw new UsageException($"--x {request.X} --y {request.Y}: {e.Message}", e); }
    }

    delegate TimeSpan Classes(GridSpec grid, GridSink<byte> sink, CancellationToken cancellation);

    GridSummary Evaluate()
    {
        bool several = model.Network.Outputs > 1;
        GridEvaluator? evaluator = several ? null : Evaluator();
        if (evaluator?.Form == GridForm.Batches)
        {
            const string why = "a layer is wider than 256, or there are more than eight, so points go through layer by layer";
            terminal.Note($"form batches: {why}");
        }
        Classes classes = several ? new ClassEvaluator(model.Network).Stream : evaluator!.StreamClasses;
        long start = Stopwatch.GetTimestamp();
        GridSpec small = GridSpec.ForPicture(grid.Window, 2, 2, grid.Scale);       // compiles the kernels, so that evaluate is timed alone
        if (request.Value == "class") classes(small, (_, _) => { }, interruption.Token);
        else evaluator!.Evaluate(small, Wanted);
        compile = Stopwatch.GetElapsedTime(start);
        if (request.Out == "-")
        {
            StandardStreams.Write(() =>
            {
                using Stream stdout = Console.OpenStandardOutput();
                Write(stdout);
            });
        }
        else Save(Write);
        return Summary(several ? "batches" : evaluator!.Form.ToString().ToLowerInvariant());

        void Write(Stream stream)
        {
            var outputs = new GridOutputs(grid, request.Value!);
            GridSpec points = request.Kind == ".png" ? grid.TopDown() : grid;
            using IDisposable? _ = request.Value == "class"
                ? Run(outputs.Classes(stream, request.Kind, Math.Max(2, model.Network.Outputs)),
                    sink => classes(points, sink, interruption.Token), NaNs.Count)
                : Run(outputs.Values(stream, request.Kind),
                    sink => evaluator!.Stream(points, sink, Wanted, interruption.Token), NaNs.Count);
        }
    }

    GridEvaluator Evaluator()
    {
        if (request.Form == "piecewise" && device.Kind != DeviceKind.Cpu)
            throw UsageException.For("form", request.Form, "is computed by the processor itself: --device cpu");
        try { return new GridEvaluator(model.Network, request.Form == "piecewise"); }
        catch (ArgumentException e)
        {
            string subject = request.Form == "auto" ? request.Model : "--form piecewise";
            throw new UsageException($"{subject}: {UsageException.Plain(e)}", e);
        }
    }

    GridValue Wanted => request.Value == "logit" ? GridValue.Logit : GridValue.Probability;

    delegate int Counter<T>(ReadOnlySpan<T> values);

    IDisposable? Run<T>(GridOutputs.Writer<T> writer, Func<GridSink<T>, TimeSpan> stream, Counter<T> notNumbersIn)
    {
        evaluate = stream((row, values) =>
        {
            long start = Stopwatch.GetTimestamp();
            notNumbers += notNumbersIn(values);
            writer.Rows(row, values);
            write += Stopwatch.GetElapsedTime(start);
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
            interruption.Begin("the grid is complete and is written");
            long start = Stopwatch.GetTimestamp();
            file.Commit();
            write += Stopwatch.GetElapsedTime(start);
        }
    }

    GridSummary FindBoundary()
    {
        Window within = Window(grid);
        bool exact = BoundaryFinder.HasExactLine(model.Network, within);
        long start = Stopwatch.GetTimestamp();
        Boundary found = exact
            ? BoundaryFinder.FindExact(model.Network, within)
            : BoundaryFinder.Find(model.Network, grid, interruption.Token);
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
        return Summary(exact ? "exact" : "adaptive") with
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
}
