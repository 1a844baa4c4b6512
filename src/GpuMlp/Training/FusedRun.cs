using System.Runtime.InteropServices;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Tensors;

namespace GpuMlp.Training;

/// <summary>What the launches of a fused training read: data (rows, features), labels (rows), and the networks' parameters, all on the device.</summary>
readonly record struct FusedMemory(DeviceSpan X, DeviceSpan Y, DeviceSpan Parameters);

/// <summary>The launches that train one network or many of one kind, and all that they work in but data and parameters.</summary>
sealed class FusedRun : IDisposable
{
    readonly ComputeDevice device;
    readonly Recipe recipe;
    readonly int count, arenaLength, scratchLength;
    readonly Func<FusedMemory> memory;
    readonly NetworkShape shape;
    readonly FusedKernel kernel;
    readonly StepTable schedule;
    readonly DeviceBuffer networks, scratch, states, nothing;
    DeviceBuffer losses;
    int? mostSteps;

    /// <param name="device">Where.</param>
    /// <param name="recipe">What the networks have in common; of one network, all there is.</param>
    /// <param name="rows">What each network has of its own, a <see cref="NetworkRow"/> each.</param>
    /// <param name="steps">Steps of a launch for whose losses there is room from the start.</param>
    /// <param name="memory">Asked for before each launch, once the schedule was: that may be the caller's own code.</param>
    internal FusedRun(ComputeDevice device, Recipe recipe, ReadOnlySpan<float> rows, int steps, Func<FusedMemory> memory)
    {
        (this.device, this.recipe, this.memory, count) = (device, recipe, memory, rows.Length / NetworkRow.Length);
        shape = new NetworkShape(recipe.Spec.Widths);
        kernel = FusedKernel.Of(recipe);
        (arenaLength, scratchLength) = (ArenaLength(shape), (int)ScratchLength(recipe));
        schedule = new StepTable(device, recipe.Optimizer);
        networks = device.Allocate(rows.Length);
        device.CopyToDevice(rows, networks.All);
        scratch = device.Allocate((long)count * scratchLength, $"the working memory of {Networks}");
        states = device.Allocate((long)StateArenas(recipe) * arenaLength * count, $"the optimizers' state of {Networks}");
        losses = device.Allocate((long)count * steps, $"the losses of {Networks}");
        nothing = device.Allocate(0);
        Work = count * recipe.WorkOfStep(recipe.Spec.ParameterCount);
    }

    string Networks => count == 1 ? "a network" : $"{count} networks";

    /// <summary>About how many float operations a step of all networks takes.</summary>
    internal long Work { get; }

    /// <summary>A <see cref="NetworkRow"/> per network.</summary>
    internal DeviceSpan Rows => networks.All;

    /// <summary>Writes what a network has of its own as kernels read it: a <see cref="NetworkRow"/>.</summary>
    internal static void WriteRow(Span<float> row, OptimizerSpec optimizer, ulong seed, int firstRow)
    {
        row[NetworkRow.LearningRate] = optimizer.LearningRate;
        row[NetworkRow.WeightDecay] = optimizer.WeightDecay;
        row[NetworkRow.L1] = optimizer.L1;
        Span<uint> integers = MemoryMarshal.Cast<float, uint>(row);
        (integers[NetworkRow.SeedLow], integers[NetworkRow.SeedHigh]) = ((uint)seed, (uint)(seed >> 32));
        integers[NetworkRow.FirstRow] = (uint)firstRow;
    }

    /// <summary>Floats from one network's scratch memory to the next's: every group begins at a cache line.</summary>
    internal static long ScratchLength(Recipe recipe) =>
        (FusedKernel.Of(recipe).ScratchLength(new NetworkShape(recipe.Spec.Widths), recipe.Batch) + 15) / 16 * 16;

    /// <summary>Arenas that a network's optimizer keeps beside the parameters.</summary>
    internal static int StateArenas(Recipe recipe) => recipe.Optimizer.IsPlain ? 0 : OptimizerNumbers.MostStates;

    /// <summary>Floats of one network's parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No buffer holds so many.</exception>
    internal static int ArenaLength(NetworkShape shape) => DeviceBuffer.LengthOf(
        Enumerable.Range(0, shape.Depth).Sum(l => ParameterArena.Align((shape.Width(l) + 1L) * shape.Width(l + 1))), "a network's parameters");

    /// <summary>The most steps of a launch: as many as one likes, but where a driver ends a thread's loops early.</summary>
    /// <param name="examples">Rows of a network's data.</param>
    /// <exception cref="DeviceException">The driver ends a launch even within one step.</exception>
    internal int MostSteps(int examples) => device.MostTurns is not int turns ? int.MaxValue : mostSteps ??= LongestLaunch(turns, examples);

    // launches are made and undone, each half as long as the last, until one comes to its end; half of that leaves room for snapshots
    int LongestLaunch(int turns, int examples)
    {
        DeviceSpan parameters = memory().Parameters;
        var before = new float[parameters.Length];
        device.CopyToHost(parameters, before);
        int steps = Math.Max(2, turns / 32);                                   // a step takes more turns than that, and losses need room
        bool finished;
        do
        {
            steps = (steps + 1) / 2;
            Launch(0, steps, examples);
            finished = device.Finished();
            device.CopyToDevice(before, parameters);
            Restart();
        }
        while (!finished && steps > 1);
        return finished ? (steps + 1) / 2 : throw DeviceException.Stopped(device.Description, "less than a step");
    }

    /// <summary>Makes steps firstStep, firstStep + 1, … of every network, and takes the snapshots that follow them.</summary>
    /// <param name="firstStep">The first.</param>
    /// <param name="steps">How many.</param>
    /// <param name="examples">Rows of a network's data.</param>
    /// <param name="picks">The rows to train on; null where the device draws them.</param>
    /// <param name="snapshots">Where snapshots of the one network go.</param>
    /// <param name="lanes">Lanes of a group; null for as many as suit the device.</param>
    internal void Launch(int firstStep, int steps, int examples, DeviceSpan? picks = null, SnapshotStore? snapshots = null, int? lanes = null)
    {
        if (losses.Length < (long)count * steps)
        {
            losses.Dispose();
            losses = device.Allocate((long)count * steps, $"the losses of {Networks}");
        }
        DeviceSpan table = schedule.Of(firstStep, steps);
        FusedMemory given = memory();
        var spans = new TrainingSpans
        {
            X = given.X,
            Y = given.Y,
            Picks = picks ?? nothing.All,
            Parameters = given.Parameters,
            Networks = networks.All,
            Losses = losses.All,
            Snapshots = snapshots?.All ?? nothing.All,
            Scratch = scratch.All,
            States = states.All,
            Schedule = table,
        };
        var plan = new TrainingPlan
        {
            Networks = count,
            FirstStep = firstStep,
            Steps = steps,
            Examples = examples,
            HasPicks = picks is null ? 0 : 1,
            Stream = (uint)StreamPurpose.Sampling,
            SnapshotEvery = snapshots?.Every ?? 0,
            ArenaLength = arenaLength,
            ScratchLength = scratchLength,
            HasSchedule = schedule.IsEmpty ? 0 : 1,
            Optimizer = recipe.Optimizer.Rule.Numbers(recipe.Optimizer),
        };
        kernel.Launch(device, spans, plan, shape, recipe.Batch, Work * steps, lanes);
    }

    /// <summary>Waits for the last launch and copies its losses, (networks, steps).</summary>
    internal void ReadLosses(Span<float> to) => device.CopyToHost(losses.All.Slice(0, to.Length), to);

    /// <summary>Forgets what the optimizer kept.</summary>
    internal void Restart() => device.Clear(states.All);

    /// <summary>Frees what only training needs; how many floats that is, at least.</summary>
    internal long EndTraining()
    {
        long room = (long)scratch.Length + losses.Length;
        scratch.Dispose();
        states.Dispose();
        losses.Dispose();
        return room;
    }

    public void Dispose()
    {
        EndTraining();
        networks.Dispose();
        nothing.Dispose();
        schedule.Dispose();
    }
}
