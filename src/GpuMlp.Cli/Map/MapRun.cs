using System.Diagnostics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Planning;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;
using static GpuMlp.Cli.Shell.Numbers;

namespace GpuMlp.Cli.Map;

/// <summary>One execution of the verb map: it trains the pixels, or a part of them, band by band, and writes the outputs.</summary>
sealed class MapRun
{
    // bytes of a pixel at the end: its value, its places in the two sorted sides, and up to four pixels of the picture three times
    public const double BytesPerPixel = 12 + 3 * 4 * 4;

    readonly MapRequest request;
    readonly TrainInput input;
    readonly Recipe recipe;
    readonly PopulationData data;
    readonly Terminal terminal;
    readonly int start;                                            // the first pixel
    readonly float[] values;
    PopulationPlan? plan;
    MapPart? begun;                                                // takes what is trained, band by band
    int done;                                                      // pixels that an earlier run has trained

    MapRun(MapRequest request, Shard part, Terminal terminal)
    {
        (this.request, this.terminal) = (request, terminal);
        HostMemory.Require($"--size {request.Width}x{request.Height}", BytesPerPixel * request.Pixels);
        input = TrainInput.Load(request.Config, TrainData.Streams(request.Config).Data);
        recipe = request.IsFullBatch ? input.Recipe with { Batch = input.Data.Count } : input.Recipe;
        data = PopulationData.Of(input.Data);
        start = part.First(request.Pixels);
        values = new float[part.End(request.Pixels) - start];
    }

    /// <summary>Draws a map.</summary>
    /// <exception cref="UsageException">The data, the network and the folder do not go together.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(MapRequest request, string? output, bool force, Terminal terminal, Interruption interruption)
    {
        var total = Stopwatch.StartNew();
        var run = new MapRun(request, new Shard(0, 1), terminal);
        if (Shard.Unused() is string unused) terminal.Note(unused);
        run.Note();
        using OutputFolder folder = output is null ? OutputFolder.ClaimNew("map", RunFiles.OfMap)
            : OutputFolder.Claim(output, force, RunFiles.OfMap);
        interruption.AtOnce = folder.Dispose;
        MapRecord record = run.Train(folder.Path, total, interruption, "the map");
        MapOutputs.Write(folder, record, run.values, terminal);
        return ExitCode.Ok;
    }

    /// <summary>Trains a part of a map's pixels into a file of the part's own.</summary>
    /// <exception cref="UsageException">There is a part of another map; or as <see cref="Execute"/>.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(
        MapRequest request, Shard shard, string? output, bool force, Terminal terminal, Interruption interruption)
    {
        if (output is null) throw new UsageException($"--shard {shard}: --out DIR is needed, the folder that all parts write into");
        if (terminal.Json) throw new UsageException($"--shard {shard}: --json goes with --merge, which has a record to print");
        if (shard.Count > request.Pixels)
            throw UsageException.For("shard", $"{shard}", Invariant($"there are {request.Pixels:N0} pixels; so many parts are the most"));
        var total = Stopwatch.StartNew();
        var run = new MapRun(request, shard, terminal);
        if (!force) run.CheckBeside(shard, output);
        MapPart file = MapPart.At(output, shard);
        if (!force && run.Kept(file, output) is not null)
        {
            File.Delete(file.Begun.Path);
            terminal.Say($"there       {file.Path}: this part is done");
            return ExitCode.Ok;
        }
        run.Note();
        run.Begin(file.Begun, output, force);
        MapRecord record = run.Train(output, total, interruption, "the part");
        file.Write(record, run.values);
        File.Delete(file.Begun.Path);
        terminal.Say($"written    {file.Path}");
        return ExitCode.Ok;
    }

    // A merge would refuse parts of different maps when all are trained. Of many tasks each looks at a few parts only.
    void CheckBeside(Shard shard, string folder)
    {
        const int Few = 3;
        MapPart[] parts = Directory.Exists(folder) ? [.. MapPart.In(folder)] : [];
        if (parts.Length == 0 && File.Exists(Path.Combine(folder, RunFiles.Record)))
            throw UsageException.For("out", folder, "an earlier run is in it, which --merge would replace; name another, or add --force");
        foreach (MapPart part in parts.Where(part => part.Shard != shard).OrderBy(part => part.Shard.Number).Take(Few))
        {
            string? difference = part.Shard.Count != shard.Count ? $"it is one of {part.Shard.Count} parts there, and of {shard.Count} here"
                : part.Read().Record.WhyNotOf(ProgramVersion.Text, Options(), Data(folder));
            if (difference is not null)
                throw new UsageException($"--shard {shard}: {part.Path} beside it is of another map: {difference}; "
                    + "name another folder, or begin anew with --force");
        }
    }

    // the values of this map in a file; null if there is no such file
    float[]? Kept(MapPart file, string folder)
    {
        if (!File.Exists(file.Path)) return null;
        (MapRecord record, float[] kept) = file.Read();
        if (record.WhyNotOf(ProgramVersion.Text, Options(), Data(folder)) is not string difference) return kept;
        throw new UsageException(
            $"--shard {file.Shard}: {file.Path} is of another map: {difference}; name another folder, or replace it with --force");
    }

    // goes on after the bands that an earlier run kept
    void Begin(MapPart file, string folder, bool force)
    {
        begun = file;
        if (force || Kept(file, folder) is not float[] kept) return;
        if (kept.Length > values.Length) throw new UsageException($"{file.Path}: it has more values than its part; move it away");
        kept.CopyTo(values, 0);
        done = kept.Length;
        terminal.Note(Invariant($"{done:N0} of {values.Length:N0} networks are done"));
    }

    void Note()
    {
        foreach (string note in input.Notes) terminal.Note(note);
        NoteDepth();
    }

    RunData Data(string folder) => RunData.Of(input.Raw, TrainData.FileOf(request.Config.Data), folder);

    // most of a band's memory is the device's; that of the results on the host is kept to 256 MiB
    int NetworksPerBand(ComputeDevice device) => (int)Math.Clamp(
        (256L << 20) / (sizeof(float) * recipe.Net!.ParameterCount + 4096), 1, device.Description.IsGpu ? 1 << 16 : 1 << 14);

    MapRecord Train(string folder, Stopwatch total, Interruption interruption, string what)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan open = default;
        Work one = Work.OfPopulation([recipe]);
        var job = new Work(one.Kind, one.Items * values.Length, one.Stages, one.Operations, values.Length);
        using ComputeDevice device = DeviceInput.Open(request.Config.Device, [job], terminal, opened =>
        {
            open = Lap(clock);
            WarmUp(opened);
            return opened;
        });
        TimeSpan compile = Lap(clock);
        if (begun is not null) interruption.Begin("whole bands are kept; the same command goes on");
        Train(device, folder, interruption.Token);
        interruption.Complete(what);
        return Record(device, folder, new MapTimings(Seconds(open), Seconds(compile), Seconds(Lap(clock)), 0, Seconds(total.Elapsed)));
    }

    MapRecord Record(ComputeDevice device, string folder, MapTimings timings)
    {
        int converged = values.Count(value => value < 0), perBand = NetworksPerBand(device);
        return new MapRecord(RunRecord.CurrentSchema, ProgramVersion.Text, Options(), $"{request.X}", $"{request.Y}",
            DeviceInput.Record(device), Data(folder), Convergence.Meaning, converged, values.Length - converged,
            new MapZoom(request.ZoomFactor, Limit(request.X, request.Width), Limit(request.Y, request.Height)),
            new MapPlan((values.Length + perBand - 1) / perBand, Math.Min(perBand, values.Length), plan!.Bytes),
            timings, []);
    }

    Population Band(ComputeDevice device, int first, int count, Action<int, int, ReadOnlyMemory<float>>? losses)
    {
        Recipe[] recipes = [.. Enumerable.Range(start + first, count).Select(pixel => request.Y.Set(
            request.X.Set(recipe, pixel % request.Width, request.Width), pixel / request.Width, request.Height))];
        try
        {
            return new Population(device, recipes, [data])
            {
                Picks = request.IsFullBatch ? Picks.InOrder(data.Rows) : null,
                Losses = losses,
            };
        }
        catch (ArgumentException e)
        {
            throw new UsageException(UsageException.Plain(e), e);
        }
    }

    void WarmUp(ComputeDevice device)
    {
        Population first = Band(device, 0, Math.Min(NetworksPerBand(device), values.Length), null);
        plan = first.Plan;
        terminal.Note(Invariant($"{values.Length:N0} networks, at a time {plan}"));
        if (device.Kind is DeviceKind.OpenCL or DeviceKind.Cuda) terminal.Note("compiling kernels");
        first.WarmUp();
    }

    void Train(ComputeDevice device, string folder, CancellationToken cancellation)
    {
        int most = NetworksPerBand(device);
        using Terminal.Progress progress =
            terminal.Follow(Invariant($"training {values.Length:N0} networks"), "networks", values.Length, done);
        for (int first = done; first < values.Length; first += most)
        {
            int band = first, count = Math.Min(most, values.Length - first);
            var convergence = new Convergence(count, recipe.Steps);
            Band(device, first, count, (network, _, losses) => convergence.Add(network, losses.Span))
                .Run((share, _) => progress.Report(band + (int)(share * count)), cancellation);
            cancellation.ThrowIfCancellationRequested();
            for (int k = 0; k < count; k++) values[first + k] = convergence.Value(k);
            if (first + count < values.Length) begun?.Write(Record(device, folder, new(0, 0, 0, 0, 0)), values[..(first + count)]);
        }
    }

    double? Limit(MapAxis axis, int count) =>
        axis.StepsLeft(count) is double left && double.IsFinite(left) ? request.ZoomFactor * left : null;

    void NoteDepth()
    {
        foreach ((MapAxis axis, int count, string what) in ((MapAxis, int, string)[])
            [(request.X, request.Width, "columns"), (request.Y, request.Height, "rows")])
        {
            int different = axis.Different(count);
            if (different == count) continue;
            string until = Limit(axis, count) is double most and >= 1
                ? Invariant($"{axis.Kind} tell neighbouring {what} apart up to a zoom of about {most:G2} here")
                : $"there are no more {axis.Kind} in between";
            string left = Invariant($"{different:N0} different {(different == 1 ? "value" : "values")} of {axis.Name}");
            terminal.Note(Invariant($"warning: {count:N0} {what} have only {left}: {until}"));
        }
    }

    Dictionary<string, string> Options()
    {
        var options = new Dictionary<string, string>
        {
            ["x"] = request.Given.X,
            ["y"] = request.Given.Y,
            ["size"] = $"{request.Width}x{request.Height}",
        };
        if (request.Given.Zoom is string zoom) options["zoom"] = zoom;
        foreach (TrainOption option in MapCommand.Recorded)
        {
            if (option.Name == request.X.Name || option.Name == request.Y.Name) continue;
            if (option.Text(request.Config) is string text && (option.Takes is not null || text == "true")) options[option.Name] = text;
        }
        options["batch"] = request.IsFullBatch ? MapCommand.FullBatch : Invariant($"{recipe.Batch}");
        return options;
    }

    static TimeSpan Lap(Stopwatch clock)
    {
        TimeSpan lap = clock.Elapsed;
        clock.Restart();
        return lap;
    }
}
