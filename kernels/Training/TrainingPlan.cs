using GpuMlp.Kernels.Optimizers;

namespace GpuMlp.Kernels.Training;

/// <summary>Where a training kernel finds its data and leaves its results; every network of a population has a stretch of each.</summary>
/// <remarks>Integers travel as the bits of floats.</remarks>
public readonly struct TrainingViews<TView>(TView x, TView y, TView picks, TView parameters, TView networks, TView losses, TView snapshots, TView scratch,
    TView states, TView schedule)
    where TView : struct
{
    /// <summary>Examples, (examples, features); data sets one after the other.</summary>
    public readonly TView X = x;

    /// <summary>Labels, (examples).</summary>
    public readonly TView Y = y;

    /// <summary>Rows that the host drew, one a draw of this launch; unused where the device draws.</summary>
    public readonly TView Picks = picks;

    /// <summary>The networks' arenas, one after the other.</summary>
    public readonly TView Parameters = parameters;

    /// <summary>One <see cref="NetworkRow"/> per network.</summary>
    public readonly TView Networks = networks;

    /// <summary>The loss of each step of this launch, (networks, steps).</summary>
    public readonly TView Losses = losses;

    /// <summary>Arenas after the steps that a snapshot follows, of the first network.</summary>
    public readonly TView Snapshots = snapshots;

    /// <summary>Each group's working memory.</summary>
    public readonly TView Scratch = scratch;

    /// <summary>What the optimizer keeps from step to step, <see cref="OptimizerNumbers.MostStates"/> arenas a network; empty for plain descent.</summary>
    public readonly TView States = states;

    /// <summary><see cref="StepNumbers.TableRow"/> values a step of this launch, the same for all networks; unused where nothing changes.</summary>
    public readonly TView Schedule = schedule;
}

/// <summary>The columns of <see cref="TrainingViews{TView}.Networks"/>: what each network of a launch has of its own.</summary>
public static class NetworkRow
{
    /// <summary>The learning rate.</summary>
    public const int LearningRate = 0;

    /// <summary>The low half of the seed, an integer's bits.</summary>
    public const int SeedLow = 1;

    /// <summary>The high half of the seed, an integer's bits.</summary>
    public const int SeedHigh = 2;

    /// <summary>The first of the network's rows in the data, an integer's bits.</summary>
    public const int FirstRow = 3;

    /// <summary>Weight decay.</summary>
    public const int WeightDecay = 4;

    /// <summary>What is added to a gradient with the sign of its parameter.</summary>
    public const int L1 = 5;

    /// <summary>Values per network.</summary>
    public const int Length = 6;
}

/// <summary>The sizes and counts of a training launch.</summary>
public readonly record struct TrainingPlan
{
    /// <summary>Networks, one a group.</summary>
    public int Networks { get; init; }

    /// <summary>The number of the launch's first step.</summary>
    public int FirstStep { get; init; }

    /// <summary>Steps of this launch.</summary>
    public int Steps { get; init; }

    /// <summary>Rows of a network's data set.</summary>
    public int Examples { get; init; }

    /// <summary>1 if the host drew the rows, 0 if the device draws them from each network's Philox stream.</summary>
    public int HasPicks { get; init; }

    /// <summary>Which Philox stream the rows come from.</summary>
    public uint Stream { get; init; }

    /// <summary>A snapshot follows steps 0, N, 2N, …; 0 takes none.</summary>
    public int SnapshotEvery { get; init; }

    /// <summary>Floats of one network's arena.</summary>
    public int ArenaLength { get; init; }

    /// <summary>Floats of one group's scratch memory.</summary>
    public int ScratchLength { get; init; }

    /// <summary>1 if learning rates, or Adam's corrections, change from step to step.</summary>
    public int HasSchedule { get; init; }

    /// <summary>The optimizer's numbers.</summary>
    public OptimizerNumbers Optimizer { get; init; }
}
