using System.Diagnostics;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Planning;
using GpuMlp.Randomness;
using GpuMlp.Training;

namespace GpuMlp.Cli.Bench;

/// <summary>Measures every device, the CPU first, until the time is up.</summary>
sealed class BenchRun(bool quick, Terminal terminal, CancellationToken cancellation)
{
    const int CrossoverBatch = 256, CrossoverSteps = 10, MostRuns = 100;
    const string Cancelled = "not measured: cancelled";
    const string CrossoverNet = "2-64-64-1";

    readonly DataSet data = DataSets.MakeMoons(2000);
    readonly List<BenchRow> rows = [];
    readonly List<BenchCrossover> crossovers = [];
    readonly Dictionary<(string Net, int Batch), double> cpuSteps = [];
    readonly List<(Work Work, double First, double Seconds, Preparation Prepare)> timed = [];
    readonly Measurements measurements = Measurements.Load(Measurements.DefaultFile);

    /// <summary>Prepares a job on a device; returns the run to time, and what to dispose of after it.</summary>
    delegate (Action Run, IDisposable? Used) Preparation(ComputeDevice device);

    readonly long start = Stopwatch.GetTimestamp();

    // No measurement begins after this time. One that began before it may take longer: it may have to compile first.
    TimeSpan Limit => TimeSpan.FromSeconds(quick ? 10 : 40);

    // how long one row's job is repeated
    TimeSpan Share => TimeSpan.FromSeconds(quick ? 0.2 : 0.8);

    /// <summary>Times every device and tells the user, as notes, what is being measured.</summary>
    public BenchReport Run()
    {
        using ComputeDevice cpu = Open("cpu", out double cpuOpen);
        // the first question which devices there are loads their drivers
        long began = Stopwatch.GetTimestamp();
        IReadOnlyList<DeviceDescription> devices = ComputeDevice.List();
        double drivers = Stopwatch.GetElapsedTime(began).TotalSeconds;
        // ILGPU's own launcher is measured for comparison only, so it comes last
        foreach (DeviceDescription device in devices.OrderBy(d => d.Kind == DeviceKind.CpuIlgpu))
        {
            if (device.Excluded is string reason) rows.Add(new BenchRow(device.Id, device.Name, LeftOut: reason));
            else if (device.Kind == DeviceKind.Cpu) Jobs(cpu, cpuOpen);
            else Attempt(device, null, null, () =>
            {
                using ComputeDevice opened = Open(device.Id, out double open);
                Jobs(opened, drivers + open);
            });
        }
        if (measurements.Count > 0 && measurements.Save(Measurements.DefaultFile)) terminal.Note("kept for auto and gpumlp plan");
        foreach (DeviceDescription device in devices.Where(d => d.IsAvailable && d.Kind is not (DeviceKind.Cpu or DeviceKind.CpuIlgpu)))
        {
            if (Stop is not null) break;
            Attempt(device, null, null, () =>
            {
                using ComputeDevice opened = ComputeDevice.Open(device.Id);
                Crossover(cpu, opened, "hidden width", $"2-W-W-1, batch {CrossoverBatch}",
                    Sizes(16, quick ? 128 : 1024, 2), width => ($"2-{width}-{width}-1", CrossoverBatch));
                Crossover(cpu, opened, "batch", CrossoverNet,
                    Sizes(1, quick ? 1024 : 16_384, 4), batch => (CrossoverNet, batch));
            });
        }
        double seconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3);
        return new BenchReport(1, ProgramVersion.Text, quick, [.. rows], [.. crossovers], seconds);
    }

    static ComputeDevice Open(string id, out double seconds)
    {
        long began = Stopwatch.GetTimestamp();
        ComputeDevice device = ComputeDevice.Open(id);
        seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return device;
    }

    void Jobs(ComputeDevice device, double open)
    {
        timed.Clear();
        foreach (string net in (string[])["2-50-1", CrossoverNet])
            foreach (EngineChoice engine in (EngineChoice[])[EngineChoice.Fused, EngineChoice.Layers])
                Steps(device, net, engine);
        // ILGPU's own launcher would take minutes
        if (device.Kind != DeviceKind.CpuIlgpu)
        {
            Batches(device, CrossoverNet, 32, 500, EngineChoice.Fused);
            Batches(device, CrossoverNet, 64, 100, EngineChoice.Layers);
            Batches(device, "2-1024-1024-1", 256, 4, EngineChoice.Layers);
            Populations(device, "2-50-1", 256, 1000);
            Populations(device, CrossoverNet, 128, 200);
        }
        Grid(device, "2-50-1", 1024);
        Grid(device, CrossoverNet, 512);
        if (device.Kind != DeviceKind.CpuIlgpu) Keep(device, open);
    }

    // a later run of the program finds its kernels in the cache, and so does a device that is opened a second time
    void Keep(ComputeDevice device, double open)
    {
        if (cancellation.IsCancellationRequested) return;
        var loading = timed.DistinctBy(job => job.Work.Kind).ToDictionary(job => job.Work.Kind, job => job.First - job.Seconds);
        if (device.Kind != DeviceKind.Cpu)
        {
            using ComputeDevice again = ComputeDevice.Open(device.Description.Id);
            foreach (var job in timed.DistinctBy(job => job.Work.Kind))
            {
                (Action run, IDisposable? used) = job.Prepare(again);
                using (used) loading[job.Work.Kind] = Time(run) - job.Seconds;
            }
        }
        measurements.Add(device.Description, open, [.. timed.Select(job => (job.Work, job.Seconds, loading[job.Work.Kind]))]);
    }

    void Grid(ComputeDevice device, string net, int side)
    {
        Measure(device, $"grid {side}², {net}", null, "points", Work.OfGrid(NetworkSpec.Parse(net), (double)side * side), on =>
        {
            Sequential network = Build(on, net);
            var evaluator = new GridEvaluator(network);
            var target = new float[side * side];
            GridSpec grid = GridSpec.FromSize(new Window(-1.5, 2.5, -1, 1.5), side, side);
            return (() => evaluator.Evaluate(grid, target), network);
        });
    }

    void Populations(ComputeDevice device, string net, int networks, int steps)
    {
        var recipe = new Recipe { Net = NetworkSpec.Parse(net), Steps = steps };
        Recipe[] recipes = [.. Enumerable.Range(0, networks).Select(seed => recipe with { Seed = (ulong)seed })];
        Measure(device, $"{networks} networks × {steps:N0} steps, {net}", EngineChoice.Fused, "steps", Work.OfPopulation(recipes), on =>
            (() => new Population(on, recipes, [PopulationData.Of(data)]).Run(null, cancellation), null));
    }

    void Steps(ComputeDevice device, string net, EngineChoice engine)
    {
        int steps = device.Kind == DeviceKind.CpuIlgpu ? 100 : engine == EngineChoice.Fused ? 10_000 : 1_000;
        Measure(device, $"{steps:N0} steps, {net}", engine, "steps", OfSteps(net, 1, steps, engine),
            on => Training(on, net, 1, steps, engine));
    }

    void Batches(ComputeDevice device, string net, int batch, int steps, EngineChoice engine) =>
        Measure(device, $"{steps} steps, {net}, batch {batch}", engine, "steps", OfSteps(net, batch, steps, engine),
            on => Training(on, net, batch, steps, engine));

    static Work OfSteps(string net, int batch, int steps, EngineChoice engine) =>
        Work.OfTraining(new Recipe { Net = NetworkSpec.Parse(net), Batch = batch, Steps = steps }, engine);

    // Returns what trains and what to dispose of after it. Each training starts from the untrained parameters: gradients of a network that
    // has learned everything are subnormal, and those are slow.
    (Action Run, IDisposable Used) Training(ComputeDevice device, string net, int batch, int steps, EngineChoice engine)
    {
        Sequential network = Build(device, net);
        TrainingResult Train(int steps, int snapshotEvery)
        {
            using var trainer = new Trainer(network, data, Recipe.Of(network) with { Steps = steps, Batch = batch },
                new TrainingOptions { SnapshotEvery = snapshotEvery, Engine = engine });
            return trainer.Run(cancellation: cancellation);
        }
        float[] untrained = Train(0, 1).Snapshots[^1].Parameters;
        return (() =>
        {
            network.LoadParameters(untrained);
            Train(steps, 0);
        }, network);
    }

    static Sequential Build(ComputeDevice device, string net) =>
        NetworkSpec.Parse(net).Build(device, Initialization.He, new PhiloxStream(0, StreamPurpose.Initialization), new BceLoss());

    void Measure(ComputeDevice device, string job, EngineChoice? engine, string unit, Work work, Preparation prepare) =>
        Attempt(device.Description, job, engine, () =>
        {
            terminal.Note($"{device.Description.Id}: {job}{(engine is null ? "" : $", {Named(engine)}")}");
            (Action run, IDisposable? used) = prepare(device);
            using (used)
            {
                double first = Time(run), median = Median(run);
                cancellation.ThrowIfCancellationRequested();
                double? cpu = rows.FirstOrDefault(r => r.Device == "cpu" && r.Job == job && r.Engine == Named(engine))?.PerSecond;
                double perSecond = work.Items / median;
                rows.Add(new BenchRow(
                    device.Description.Id, device.Name, job, Named(engine), first, median, perSecond, unit, perSecond / cpu));
                timed.Add((work, first, median, prepare));
            }
        });

    // a device or a job that fails becomes a row; the others are measured all the same
    void Attempt(DeviceDescription device, string? job, EngineChoice? engine, Action act)
    {
        BenchRow LeftOut(string reason, bool failed) => new(device.Id, device.Name, job, Named(engine), LeftOut: reason, Failed: failed);
        if (Stop is string reason)
        {
            rows.Add(LeftOut(reason, false));
            return;
        }
        try
        {
            act();
        }
        catch (OperationCanceledException)
        {
            rows.Add(LeftOut(Cancelled, false));
        }
        catch (Exception e) when (e is DeviceException or DeviceUnavailableException or OutOfMemoryException)
        {
            rows.Add(LeftOut(e.Message, true));
        }
    }

    string? Stop => cancellation.IsCancellationRequested ? Cancelled
        : Stopwatch.GetElapsedTime(start) > Limit ? TimeIsUp : null;

    string TimeIsUp => $"not measured: the {Limit.TotalSeconds:0} s were up{(quick ? "; --quick has few" : "")}";

    void Crossover(
        ComputeDevice cpu, ComputeDevice device, string of, string other, IEnumerable<int> sizes, Func<int, (string Net, int Batch)> job)
    {
        int upTo = 0;
        foreach (int size in sizes)
        {
            if (Stop is not null) break;
            terminal.Note($"{device.Description.Id}: {of} {size}, against the CPU");
            (string net, int batch) = job(size);
            if (!cpuSteps.TryGetValue((net, batch), out double onCpu)) cpuSteps[(net, batch)] = onCpu = StepSeconds(cpu, net, batch);
            upTo = size;
            if (StepSeconds(device, net, batch) >= onCpu) continue;
            crossovers.Add(new BenchCrossover(device.Description.Id, of, other, size, size));
            return;
        }
        crossovers.Add(new BenchCrossover(device.Description.Id, of, other, null, upTo));
    }

    double StepSeconds(ComputeDevice device, string net, int batch)
    {
        (Action run, IDisposable used) = Training(device, net, batch, CrossoverSteps, EngineChoice.Layers);
        using (used)
        {
            run();
            return new[] { Time(run), Time(run), Time(run) }.Order().ElementAt(1) / CrossoverSteps;
        }
    }

    double Median(Action run)
    {
        var times = new List<double>();
        long began = Stopwatch.GetTimestamp();
        do times.Add(Time(run));
        while (times.Count < MostRuns && Stopwatch.GetElapsedTime(began) < Share && !cancellation.IsCancellationRequested);
        times.Sort();
        return (times[times.Count / 2] + times[(times.Count - 1) / 2]) / 2;
    }

    static double Time(Action run)
    {
        long began = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    static IEnumerable<int> Sizes(int first, int last, int factor)
    {
        for (int size = first; size <= last; size *= factor) yield return size;
    }

    static string? Named(EngineChoice? engine) => engine?.ToString().ToLowerInvariant();
}
