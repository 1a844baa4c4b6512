using GpuMlp.Data;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Cli.Output;

/// <summary>How well a network predicts rows of data.</summary>
/// <param name="Loss">The mean of the rows' losses.</param>
/// <param name="Accuracy">The share of the rows whose predicted class is their label; null where labels are numbers.</param>
readonly record struct RowScore(double Loss, double? Accuracy)
{
    /// <summary>The score from what a network's last linear layer returned for the rows.</summary>
    /// <param name="loss">The loss that it was trained with.</param>
    /// <param name="spec">The network's widths and its output.</param>
    /// <param name="z">Rows × outputs, row-major.</param>
    /// <param name="data">The rows.</param>
    public static RowScore Of(Loss loss, NetworkSpec spec, ReadOnlySpan<float> z, DataSet data)
    {
        double mean = loss.Mean(z, data.Labels, !spec.LinearOutput);
        if (data.ClassCount == 0) return new RowScore(mean, null);
        float[] outputs = z.ToArray();
        if (z.Length == data.Count)                                // one output: the probability of class 1
            for (int row = 0; row < outputs.Length; row++) outputs[row] = Sigmoid.Of(outputs[row]);
        return new RowScore(mean, Classification.Accuracy(outputs, data.Labels));
    }
}
