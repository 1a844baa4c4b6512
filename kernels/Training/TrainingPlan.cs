using GpuMlp.Kernels.Optimizers;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// Where a training kernel finds its data and leaves its results; each view holds the values of all networks of the launch.
/// </summary>
/// <remarks>Integers are stored as the bits of floats.</remarks>
public readonly struct TrainingViews<TView>(
    TView x, TView y, TView picks, TView parameters, TView networks,
    TView losses, TView snapshots, TView scratch, TView states, TView schedule)
    where TView : struct
{
    /// <summary>The examples, (examples, features); the data sets lie one after the other.</summary>
    public readonly TView X = x;

    /// <summary>The labels, (examples).</summary>
    public readonly TView Y = y;

    /// <summary>Rows that the host drew, one per pick of this launch; unused where the device draws them.</summary>
    public readonly TView Picks = picks;

    /// <summary>The networks' arenas, one after the other.</summary>
    public readonly TView Parameters = parameters;

    /// <summary>One <see cref="NetworkRow"/> per network.</summary>
    public readonly TView Networks = networks;

    /// <summary>The loss of each step of this launch, (networks, steps).</summary>
    public readonly TView Losses = losses;

    /// <summary>The arena of the first network after each step that a snapshot follows, one after the other.</summary>
    public readonly TView Snapshots = snapshots;

    /// <summary>The scratch memory of all groups.</summary>
    public readonly TView Scratch = scratch;

    /// <summary>The optimizer's state, <see cref="OptimizerNumbers.MostStates"/> arenas per network; empty for plain descent.</summary>
    public readonly TView States = states;

    /// <summary>
    /// <see cref="StepNumbers.TableRow"/> values per step of this launch, the same for all networks; unused where no setting changes from
    /// step to step.
    /// </summary>
    public readonly TView Schedule = schedule;
}

/// <summary>The columns of <see cref="TrainingViews{TView}.Networks"/>: settings that differ between the networks of a launch.</summary>
public static class NetworkRow
{
    /// <summary>The learning rate.</summary>
    public const int LearningRate = 0;

    /// <summary>The low half of the seed, as an integer's bits.</summary>
    public const int SeedLow = 1;

    /// <summary>The high half of the seed, as an integer's bits.</summary>
    public const int SeedHigh = 2;

    /// <summary>Where the network's data set begins in the data: its first row, as an integer's bits.</summary>
    public const int FirstRow = 3;

    /// <summary>Weight decay.</summary>
    public const int WeightDecay = 4;

    /// <summary>The amount that is added to a gradient with the sign of its parameter.</summary>
    public const int L1 = 5;

    /// <summary>Values per network in the table.</summary>
    public const int Length = 6;
}

/// <summary>The sizes and counts of a training launch.</summary>
public readonly record struct TrainingPlan
{
    /// <summary>The number of networks; each has one group.</summary>
    public int Networks { get; init; }

    /// <summary>The number of the launch's first step.</summary>
    public int FirstStep { get; init; }

    /// <summary>The number of steps in this launch.</summary>
    public int Steps { get; init; }

    /// <summary>Rows of each network's data set.</summary>
    public int Examples { get; init; }

    /// <summary>1 if the host drew the rows, 0 if the device draws them from each network's Philox stream.</summary>
    public int HasPicks { get; init; }

    /// <summary>The Philox stream that the rows are drawn from.</summary>
    public uint Stream { get; init; }

    /// <summary>N: a snapshot follows steps 0, N, 2N, …; 0 for no snapshots.</summary>
    public int SnapshotEvery { get; init; }

    /// <summary>Floats of one network's arena.</summary>
    public int ArenaLength { get; init; }

    /// <summary>Floats of one group's scratch memory.</summary>
    public int ScratchLength { get; init; }

    /// <summary>Floats of one network's optimizer state; 0 for plain descent, which has none.</summary>
    public int StatesLength { get; init; }

    /// <summary>1 if the learning rate or Adam's corrections change from step to step.</summary>
    public int HasSchedule { get; init; }

    /// <summary>The optimizer's settings.</summary>
    public OptimizerNumbers Optimizer { get; init; }
}
