using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Cli.Output;

/// <summary>How a network does on rows of data.</summary>
/// <param name="Loss">The mean of the rows' losses.</param>
/// <param name="Accuracy">The share of the rows whose predicted class is their label; null where labels are numbers.</param>
readonly record struct RowScore(double Loss, double? Accuracy)
{
    /// <summary>The score of what a network's last linear layer returned for the rows.</summary>
    /// <param name="loss">The loss that it was trained with.</param>
    /// <param name="spec">The network's form.</param>
    /// <param name="z">rows × outputs.</param>
    /// <param name="data">The rows.</param>
    public static RowScore Of(Loss loss, NetworkSpec spec, ReadOnlySpan<float> z, DataSet data)
    {
        double mean = loss.Mean(z, data.Labels, !spec.LinearOutput);
        if (data.ClassCount == 0) return new RowScore(mean, null);
        int right = 0, outputs = z.Length / data.Count;
        for (int row = 0; row < data.Count; row++)
        {
            ReadOnlySpan<float> given = z.Slice(row * outputs, outputs);
            int best = ClassEvaluator.ArgMax(given), predicted = outputs > 1 ? best : Sigmoid.Of(given[0]) > 0.5f ? 1 : 0;
            if (predicted == data.Labels[row] && !float.IsNaN(given[best])) right++;         // what is not a number is no class
        }
        return new RowScore(mean, (double)right / data.Count);
    }
}
