using GpuMlp.Data;

namespace GpuMlp.Training;

/// <summary>
/// A data set of a population. Two are the same data set only if they are the same object. It is loaded when the batch that trains on it
/// begins, on any thread.
/// </summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Features">The number of features.</param>
/// <param name="Load">Makes or fetches the data set; the result has to be equal every time.</param>
public sealed record PopulationData(int Rows, int Features, Func<DataSet> Load)
{
    /// <summary>A data set that is already loaded.</summary>
    public static PopulationData Of(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new(data.Count, data.Features, () => data);
    }
}

/// <summary>The result of one network of a population.</summary>
/// <param name="Steps">Steps made, without those after a divergence.</param>
/// <param name="FinalLoss">The last step's loss; NaN if no step was made.</param>
/// <param name="MeanLossLast1000">The mean of the last 1,000 losses.</param>
/// <param name="DivergedStep">
/// The first step whose loss was not finite, or the last of the thousand or so steps that left a weight not finite; null if there is none.
/// </param>
/// <param name="Accuracy">
/// The share of the rows whose predicted class is their label; null if the network diverged, made no step, or learns numbers.
/// </param>
/// <param name="Parameters">The network's arena at the end; empty if no step was made.</param>
public sealed record PopulationResult(
    int Steps, float FinalLoss, float MeanLossLast1000, int? DivergedStep, double? Accuracy, float[] Parameters)
{
    internal static PopulationResult None { get; } = new(0, float.NaN, float.NaN, null, null, []);
}

/// <summary>How long the parts of a population's run took; each part ends when the device has finished its work.</summary>
/// <param name="Load">Making data and initial weights, and allocating memory.</param>
/// <param name="Train">All steps, with reading and checking the losses.</param>
/// <param name="Evaluate">Computing the accuracies.</param>
public readonly record struct PopulationTimes(TimeSpan Load, TimeSpan Train, TimeSpan Evaluate);
