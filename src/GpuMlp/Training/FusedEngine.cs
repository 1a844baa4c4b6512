using System.Diagnostics;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;

namespace GpuMlp.Training;

/// <summary>
/// Makes many steps, or the whole run, in one launch: data, parameters, random stream, losses and snapshots stay on the device.
/// </summary>
sealed class FusedEngine : ITrainingEngine
{
    readonly Sequential network;
    readonly Recipe recipe;
    readonly Picks picks;
    readonly TrainingOptions options;
    readonly SnapshotStore snapshots;
    readonly FusedRun run;
    readonly Pace pace;
    DeviceBuffer rows;

    internal FusedEngine(
        Sequential network, TrainingData data, Picks picks, Recipe recipe, TrainingOptions options, SnapshotStore snapshots)
    {
        (this.network, this.picks, this.recipe, this.options, this.snapshots) = (network, picks, recipe, options, snapshots);
        Span<float> row = stackalloc float[NetworkRow.Length];
        FusedRun.WriteRow(row, recipe.Optimizer, picks.Seed ?? 0, 0);
        run = new FusedRun(network.Device, recipe, row, 0, () => new FusedMemory(data.Inputs.Span, data.Labels.Span, network.Arena.Values));
        rows = network.Device.Allocate(0);
        pace = new Pace(2e8 / ((double)network.ParameterCount * recipe.Batch));
    }

    public string Name => "fused";

    /// <summary>What is to be said of the kernel beside why it trains; null if nothing.</summary>
    internal string? Note => options.LanesPerGroup is null && FusedKernel.Of(recipe).OneExample
        ? network.Device.WhyNotShared(new NetworkShape(recipe.Spec.Widths)) : null;

    /// <summary>Why the fused engine cannot train the network by the recipe; null if it can.</summary>
    internal static string? WhyNot(Sequential network, Recipe recipe)
    {
        if (network.Spec is null)
            return "it takes linear layers with one kind of activation between them and a sigmoid or nothing at the end: "
                + network.WhyNoSpec;
        return WhyNot(recipe);
    }

    static string? WhyNot(Recipe recipe)
    {
        if (FusedKernel.WhyNot(recipe) is string why) return why;
        long scratch = FusedRun.ScratchLength(recipe);
        return scratch <= MaxScratch ? null : $"a group works in up to {MaxScratch:N0} floats, this run needs {scratch:N0}";
    }

    /// <summary>The most floats of scratch memory that a group may need: 256 MiB.</summary>
    internal const long MaxScratch = 1 << 26;

    /// <summary>
    /// Whether the fused engine, which trains in one group, is the faster one. Above a certain work per step the layer-by-layer engine is,
    /// because it shares each layer's work: between the threads of a GPU, or the cores of a processor.
    /// </summary>
    /// <remarks>
    /// On two cores 784-128-10 at batch 64, 39 million operations, is a quarter faster fused, 2-256-256-1 at batch 128, 51 million, a third
    /// slower. For more cores, and for GPUs, the limit is an estimate.
    /// </remarks>
    internal static bool Pays(long parameters, Recipe recipe, bool onGpu) =>
        recipe.WorkOfStep(parameters) <= (onGpu ? 4_000_000 : Math.Clamp(80_000_000 / Environment.ProcessorCount, 12_000_000, 40_000_000));

    /// <summary>Whether the fused engine can train a recipe's network and is the faster one for it.</summary>
    internal static bool Suits(Recipe recipe, bool onGpu) => WhyNot(recipe) is null && Pays(recipe.Spec.ParameterCount, recipe, onGpu);

    public int ChunkOf(int remaining) =>
        Math.Min(Math.Min(remaining, run.MostSteps), options.StepsPerLaunch ?? pace.Steps(MostSteps));

    // the most steps of a launch whose losses and picks fit a buffer
    int MostSteps => picks.Seed is null ? Math.Clamp((1 << 24) / recipe.Batch, 1, 1 << 24) : 1 << 24;

    // makes a step and undoes it, because a kernel is compiled only when it is first called
    public void WarmUp()
    {
        var parameters = new float[network.Arena.Length];
        network.Device.CopyToHost(network.Arena.Values, parameters);
        Run(0, stackalloc float[1]);
        network.Device.CopyToDevice(parameters, network.Arena.Values);
        run.Restart();
        pace.Reset();
    }

    public void Run(int firstStep, Span<float> chunk)
    {
        long start = Stopwatch.GetTimestamp();
        DeviceSpan? drawn = picks.Seed is null ? RowsOf(firstStep, chunk.Length) : null;
        for (int made = 0; made < chunk.Length;)
        {
            DeviceSpan? left = drawn is DeviceSpan all ? all.Slice(made * recipe.Batch, (chunk.Length - made) * recipe.Batch) : null;
            int steps = run.Train(firstStep + made, chunk.Length - made, picks.Examples, left, snapshots, options.LanesPerGroup);
            run.ReadLosses(chunk.Slice(made, steps));
            made += steps;
        }
        pace.Made(chunk.Length, start);
    }

    DeviceSpan RowsOf(int firstStep, int steps)
    {
        int length = DeviceBuffer.LengthOf(steps, recipe.Batch, $"{steps} steps of {recipe.Batch} picks");
        if (rows.Length < length)
        {
            rows.Dispose();
            rows = network.Device.Allocate(length);
        }
        picks.Fill(rows.All.Slice(0, length), (long)firstStep * recipe.Batch);
        return rows.All;
    }

    public float[] ReadState()
    {
        var state = new float[recipe.Optimizer.Rule.States * network.Arena.Length];
        network.Device.CopyToHost(run.States.Slice(0, state.Length), state);
        return state;
    }

    public void WriteState(ReadOnlySpan<float> state, int steps) => network.Device.CopyToDevice(state, run.States.Slice(0, state.Length));

    public void Dispose()
    {
        run.Dispose();
        rows.Dispose();
    }
}
