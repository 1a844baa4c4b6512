using GpuMlp.Data;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;

namespace GpuMlp.Training;

/// <summary>One network of a population: what it is, how it begins and how it learns.</summary>
public sealed record PopulationMember
{
    /// <summary>Widths, activation, and whether it ends in a sigmoid; with cross-entropy none does.</summary>
    public required NetworkSpec Net { get; init; }

    /// <summary>How weights and biases begin.</summary>
    public Initialization Initialization { get; init; } = Initialization.Auto;

    /// <summary>What the drawn weights and biases are multiplied by.</summary>
    public float InitScale { get; init; } = 1;

    /// <summary>Seed of its weights and of the rows it trains on.</summary>
    public ulong Seed { get; init; }

    /// <summary>The learning rate, before the optimizer's schedule.</summary>
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>How its parameters are moved by their gradients.</summary>
    public OptimizerSpec Optimizer { get; init; } = OptimizerSpec.Default;

    /// <summary>What it minimizes.</summary>
    public Loss Loss { get; init; } = new BceLoss();

    /// <summary>Examples a step.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The number of its data set in the population's list.</summary>
    public int Data { get; init; }

    /// <summary>The network as it is evaluated.</summary>
    internal NetworkSpec Spec => Net.For(Loss);

    /// <summary>What trains it.</summary>
    internal FusedKernel Kernel => FusedKernel.Of(Spec, Loss, Optimizer, Batch);
}

/// <summary>A data set of a population, loaded when the batch that trains on it begins, on any thread.</summary>
/// <param name="Rows">Its number of rows.</param>
/// <param name="Features">Its number of features.</param>
/// <param name="Load">Makes or fetches it; equal every time.</param>
public sealed record PopulationData(int Rows, int Features, Func<DataSet> Load)
{
    /// <summary>A data set that is there already.</summary>
    public static PopulationData Of(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new(data.Count, data.Features, () => data);
    }
}

/// <summary>How to train a population.</summary>
public sealed record PopulationOptions
{
    /// <summary>Steps of every network.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>The most steps of one launch; by default 1,024, and fewer where that would take longer than 0.2 s. The bits do not depend on it.</summary>
    public int? StepsPerLaunch { get; init; }

    /// <summary>Bytes that a batch of networks may take; by default 512 MiB, or half of a GPU's free memory.</summary>
    public long? MemoryBudget { get; init; }

    /// <summary>Is shown all losses: the member, its first step, the losses.</summary>
    internal Action<int, int, ReadOnlyMemory<float>>? Losses { get; init; }
}

/// <summary>What became of one network.</summary>
/// <param name="Steps">Steps made, those after a divergence not counted.</param>
/// <param name="FinalLoss">The last step's loss; NaN if no step was made.</param>
/// <param name="MeanLossLast1000">The mean of the last 1,000 losses.</param>
/// <param name="DivergedStep">The first step whose loss was not finite, or the last of the launch after which a weight was not; null if none.</param>
/// <param name="Accuracy">The share of its data whose predicted class is its label; null if it diverged, made no step, or learns numbers.</param>
/// <param name="Parameters">Its arena as it ended; empty if it made no step.</param>
public sealed record PopulationResult(int Steps, float FinalLoss, float MeanLossLast1000, int? DivergedStep, double? Accuracy, float[] Parameters)
{
    internal static PopulationResult None { get; } = new(0, float.NaN, float.NaN, null, null, []);
}

/// <summary>Where a population's time went, each to a synchronised end.</summary>
/// <param name="Load">Making data and initial weights, and allocating.</param>
/// <param name="Train">All steps, losses fetched and checked.</param>
/// <param name="Evaluate">Accuracies.</param>
public readonly record struct PopulationTimes(TimeSpan Load, TimeSpan Train, TimeSpan Evaluate);
