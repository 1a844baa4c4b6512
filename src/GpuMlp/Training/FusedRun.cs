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
using static System.FormattableString;

namespace GpuMlp.Training;

/// <summary>
/// The caller's memory for fused launches, on the device: data (rows, features), labels (rows), and the networks' parameters.
/// </summary>
readonly record struct FusedMemory(DeviceSpan X, DeviceSpan Y, DeviceSpan Parameters);

/// <summary>
/// Launches the fused kernel for one network, or for many that differ only in their <see cref="NetworkRow"/>, and owns all memory that the
/// launches need but data and parameters.
/// </summary>
sealed class FusedRun : IDisposable
{
    readonly ComputeDevice device;
    readonly Recipe recipe;
    readonly int count, arenaLength, scratchLength;
    readonly Func<FusedMemory> memory;
    readonly NetworkShape shape;
    readonly FusedKernel kernel;
    readonly StepTable schedule;
    readonly DeviceBuffer networks, scratch, states, nothing, kept;
    DeviceBuffer losses;

    /// <param name="device">The device.</param>
    /// <param name="recipe">What the networks have in common; for one network its whole recipe.</param>
    /// <param name="rows">A <see cref="NetworkRow"/> per network.</param>
    /// <param name="steps">The steps per launch for whose losses memory is allocated now; a longer launch allocates more.</param>
    /// <param name="memory">
    /// Gives the caller's memory. It is called for each launch after the schedule, which may be the user's own code and change the memory.
    /// </param>
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
        kept = device.Allocate(device.HasDriver ? (long)count * arenaLength + states.Length : 0, $"a copy of {Networks}");
        Work = count * recipe.WorkOfStep(recipe.Spec.ParameterCount);
    }

    string Networks => count == 1 ? "a network" : $"{count} networks";

    // a step takes more iterations than 32
    const int LeastTurns = 32;

    /// <summary>The most steps of one launch: unlimited, until the driver has ended one early.</summary>
    internal int MostSteps => (int)Math.Clamp(
        device.MostTurns is int turns ? Math.Min(turns / LeastTurns, device.MostWork / WorkOfOne) : device.MostWork / WorkOfOne,
        1, int.MaxValue);

    long WorkOfOne => Math.Max(1, Work / count);

    /// <summary>About how many float operations one step of all networks takes.</summary>
    internal long Work { get; }

    /// <summary>A <see cref="NetworkRow"/> per network.</summary>
    internal DeviceSpan Rows => networks.All;

    /// <summary>Writes the <see cref="NetworkRow"/> of a network as kernels read it.</summary>
    internal static void WriteRow(Span<float> row, OptimizerSpec optimizer, ulong seed, int firstRow)
    {
        row[NetworkRow.LearningRate] = optimizer.LearningRate;
        row[NetworkRow.WeightDecay] = optimizer.WeightDecay;
        row[NetworkRow.L1] = optimizer.L1;
        Span<uint> integers = MemoryMarshal.Cast<float, uint>(row);
        (integers[NetworkRow.SeedLow], integers[NetworkRow.SeedHigh]) = ((uint)seed, (uint)(seed >> 32));
        integers[NetworkRow.FirstRow] = (uint)firstRow;
    }

    /// <summary>Floats from one network's scratch memory to the next's, rounded up so that each group's begins at a cache line.</summary>
    internal static long ScratchLength(Recipe recipe) =>
        (FusedKernel.Of(recipe).ScratchLength(new NetworkShape(recipe.Spec.Widths), recipe.Batch) + 15) / 16 * 16;

    /// <summary>The size of an optimizer's state per network, in arenas.</summary>
    internal static int StateArenas(Recipe recipe) => recipe.Optimizer.IsPlain ? 0 : OptimizerNumbers.MostStates;

    /// <summary>Floats of one network's parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No buffer holds that many.</exception>
    internal static int ArenaLength(NetworkShape shape)
    {
        long length = Enumerable.Range(0, shape.Depth).Sum(l => ParameterArena.Align((shape.Width(l) + 1L) * shape.Width(l + 1)));
        return DeviceBuffer.LengthOf(length, "a network's parameters");
    }

    /// <summary>
    /// Makes steps firstStep, firstStep + 1, … of every network, and takes the snapshots that follow them: as many steps as the driver lets
    /// a launch make. A launch that it ends early is undone, and its first half is done again.
    /// </summary>
    /// <param name="firstStep">The number of the first step.</param>
    /// <param name="steps">The number of steps that are wanted.</param>
    /// <param name="examples">Rows of each network's data.</param>
    /// <param name="picks">The rows to train on; null if the device draws them.</param>
    /// <param name="snapshots">Where the first network's snapshots go; null for none.</param>
    /// <param name="lanes">Lanes per group; null for as many as suit the device.</param>
    /// <returns>The number of steps that were made, at least one.</returns>
    /// <exception cref="DeviceException">The device failed, or its driver ends a launch even within one step.</exception>
    internal int Train(
        int firstStep, int steps, int examples, DeviceSpan? picks = null, SnapshotStore? snapshots = null, int? lanes = null)
    {
        steps = Math.Min(steps, MostSteps);
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
            StatesLength = states.Length / count,
            HasSchedule = schedule.IsEmpty ? 0 : 1,
            Optimizer = recipe.Optimizer.Rule.Numbers(recipe.Optimizer),
        };
        void Launch() => kernel.Launch(device, spans, plan, shape, recipe.Batch, Work * plan.Steps, lanes);
        if (!device.HasDriver)
        {
            Launch();
            return steps;
        }
        DeviceSpan keptParameters = kept.All.Slice(0, given.Parameters.Length);
        DeviceSpan keptStates = kept.All.Slice(given.Parameters.Length, states.Length);
        device.Copy(given.Parameters, keptParameters);
        device.Copy(states.All, keptStates);
        for (Launch(); !device.Finished(); Launch())
        {
            device.Copy(keptParameters, given.Parameters);
            device.Copy(keptStates, states.All);
            if (plan.Steps == 1) throw DeviceException.Stopped(device.Description, Invariant($"step {firstStep:N0} of {recipe.Steps:N0}"));
            plan = plan with { Steps = plan.Steps / 2 };
            device.MostWork = plan.Steps * WorkOfOne;
        }
        return plan.Steps;
    }

    /// <summary>Waits for the last launch and copies its losses, (networks, steps), to the host.</summary>
    internal void ReadLosses(Span<float> to) => device.CopyToHost(losses.All.Slice(0, to.Length), to);

    /// <summary>The optimizers' states.</summary>
    internal DeviceSpan States => states.All;

    /// <summary>Resets the optimizers' state.</summary>
    internal void Restart() => device.Clear(states.All);

    /// <summary>Frees the memory that only training needs, and returns its size in floats (the state not counted).</summary>
    internal long EndTraining()
    {
        long freed = (long)scratch.Length + losses.Length;
        scratch.Dispose();
        states.Dispose();
        losses.Dispose();
        return freed;
    }

    public void Dispose()
    {
        EndTraining();
        networks.Dispose();
        nothing.Dispose();
        kept.Dispose();
        schedule.Dispose();
    }
}
