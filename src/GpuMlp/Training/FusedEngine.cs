using System.Diagnostics;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Randomness;

namespace GpuMlp.Training;

/// <summary>Many steps, or the whole run, in one launch: data, parameters, random stream, losses and snapshots stay on the device.</summary>
sealed class FusedEngine : ITrainingEngine
{
    readonly Sequential network;
    readonly TrainingData data;
    readonly Picks picks;
    readonly TrainingOptions options;
    readonly SnapshotStore snapshots;
    readonly NetworkShape shape;
    readonly FusedKernel kernel;
    readonly StepTable schedule;
    readonly DeviceBuffer networks, scratch, states;
    readonly Pace pace;
    DeviceBuffer losses, rows;

    internal FusedEngine(Sequential network, TrainingData data, Picks picks, TrainingOptions options, SnapshotStore snapshots)
    {
        (this.network, this.data, this.picks, this.options, this.snapshots) = (network, data, picks, options, snapshots);
        ComputeDevice device = network.Device;
        shape = new NetworkShape(network.Spec!.Widths);
        kernel = FusedKernel.Of(network.Spec, network.Loss, options.Optimizer, options.Batch);
        scratch = device.Allocate((int)kernel.ScratchLength(shape, options.Batch));
        networks = device.Allocate(NetworkRow.Length);
        Span<float> row = stackalloc float[NetworkRow.Length];
        PopulationBatch.WriteRow(row, options.LearningRate, options.Optimizer, picks.Seed ?? 0, 0);
        device.CopyToDevice(row, networks.All);
        states = device.Allocate(options.Optimizer.IsPlain ? 0 : (long)OptimizerNumbers.MostStates * network.Arena.Length, "the optimizer's state");
        schedule = new StepTable(device, options.Optimizer);
        losses = device.Allocate(0);
        rows = device.Allocate(0);
        pace = new Pace(2e8 / ((double)network.ParameterCount * options.Batch));
    }

    public string Name => "fused";

    /// <summary>Null if the fused engine can train the network so, else why not.</summary>
    internal static string? WhyNot(Sequential network, TrainingOptions options)
    {
        if (network.Spec is not NetworkSpec spec)
            return $"it takes linear layers with one kind of activation between them and a sigmoid or nothing at the end: {network.WhyNoSpec}";
        if (spec.Depth > NetworkShape.MaxDepth) return $"it takes up to {NetworkShape.MaxDepth} linear layers, the network has {spec.Depth}";
        if (FusedKernel.WhyNot(spec, network.Loss) is string why) return why;
        long scratch = FusedKernel.Of(spec, network.Loss, options.Optimizer, options.Batch).ScratchLength(new NetworkShape(spec.Widths), options.Batch);
        return scratch <= MaxScratch ? null : $"a group works in up to {MaxScratch:N0} floats, this run needs {scratch:N0}";
    }

    /// <summary>Floats that a group may work in: 256 MiB.</summary>
    internal const long MaxScratch = 1 << 26;

    /// <summary>
    /// Whether one group is the faster way: on the CPU, layer by layer can share a step's work out over the cores once there is enough.
    /// </summary>
    internal static bool Pays(Sequential network, TrainingOptions options) => 6L * network.ParameterCount * options.Batch <= 4_000_000;

    public int ChunkOf(int remaining) => Math.Min(remaining, options.StepsPerLaunch ?? pace.Steps(MostSteps));

    // what is made of a launch's steps is to fit a buffer
    int MostSteps => picks.Seed is null ? Math.Clamp((1 << 24) / options.Batch, 1, 1 << 24) : 1 << 24;

    // a step is made and undone: what is not called is not compiled
    public void WarmUp()
    {
        var parameters = new float[network.Arena.Length];
        network.Device.CopyToHost(network.Arena.Values, parameters);
        Run(0, stackalloc float[1]);
        network.Device.CopyToDevice(parameters, network.Arena.Values);
        network.Device.Clear(states.All);
        pace.Reset();
    }

    public void Run(int firstStep, Span<float> chunk)
    {
        ComputeDevice device = network.Device;
        long start = Stopwatch.GetTimestamp();
        losses = Grown(losses, chunk.Length);
        if (picks.Seed is null)
        {
            rows = Grown(rows, DeviceBuffer.LengthOf(chunk.Length, options.Batch, $"{chunk.Length} steps of {options.Batch} picks"));
            picks.Fill(rows.All.Slice(0, chunk.Length * options.Batch), (long)firstStep * options.Batch);
        }
        Start(firstStep, chunk.Length);
        device.CopyToHost(losses.All.Slice(0, chunk.Length), chunk);
        pace.Made(chunk.Length, start);
    }

    void Start(int firstStep, int steps)
    {
        DeviceSpan table = schedule.Of(firstStep, steps);          // the caller's own code may be in it: first
        var spans = new TrainingSpans
        {
            X = data.Inputs.Span,
            Y = data.Labels.Span,
            Picks = rows.All,
            Parameters = network.Arena.Values,
            Networks = networks.All,
            Losses = losses.All,
            Snapshots = snapshots.All,
            Scratch = scratch.All,
            States = states.All,
            Schedule = table,
        };
        var plan = new TrainingPlan
        {
            Networks = 1,
            FirstStep = firstStep,
            Steps = steps,
            Examples = picks.Examples,
            HasPicks = picks.Seed is null ? 1 : 0,
            Stream = (uint)StreamPurpose.Sampling,
            SnapshotEvery = snapshots.Every,
            ArenaLength = network.Arena.Length,
            ScratchLength = scratch.Length,
            HasSchedule = schedule.IsEmpty ? 0 : 1,
            Optimizer = options.Optimizer.Rule.Numbers(options.Optimizer),
        };
        kernel.Launch(network.Device, spans, plan, shape, options.Batch, 6L * network.ParameterCount * options.Batch * steps, options.LanesPerGroup);
    }

    DeviceBuffer Grown(DeviceBuffer buffer, int length)
    {
        if (buffer.Length >= length) return buffer;
        buffer.Dispose();
        return network.Device.Allocate(length);
    }

    public void Dispose()
    {
        scratch.Dispose();
        networks.Dispose();
        states.Dispose();
        schedule.Dispose();
        losses.Dispose();
        rows.Dispose();
    }
}
