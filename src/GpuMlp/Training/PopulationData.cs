using GpuMlp.Data;

namespace GpuMlp.Training;

/// <summary>A data set of a population, told from others by being another object; loaded when the batch that trains on it begins, on any thread.</summary>
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
