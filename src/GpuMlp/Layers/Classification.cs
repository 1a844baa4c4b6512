using System.Numerics;
using GpuMlp.Numerics;

namespace GpuMlp.Layers;

/// <summary>Which class a network's outputs mean: the one place that decides it, for pictures, grids, scores and populations.</summary>
public static class Classification
{
    /// <summary>
    /// The class of one row of outputs: for several outputs the index of the largest; for one output, a probability, 1 if it is above ½.
    /// Null if an output is NaN.
    /// </summary>
    public static int? ClassOf(ReadOnlySpan<float> outputs)
    {
        foreach (float output in outputs)
            if (float.IsNaN(output)) return null;
        return outputs.Length == 1 ? outputs[0] > 0.5f ? 1 : 0 : ArgMax(outputs);
    }

    /// <summary>Turns one row of logits into probabilities, in float64.</summary>
    public static void Softmax(Span<float> logits)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits) largest = Math.Max(largest, logit);
        Span<double> shares = logits.Length <= 64 ? stackalloc double[logits.Length] : new double[logits.Length];
        for (int k = 0; k < logits.Length; k++) sum += shares[k] = Float64.Exp(logits[k] - largest);
        for (int k = 0; k < logits.Length; k++) logits[k] = (float)(shares[k] / sum);
    }

    /// <summary>The index of the largest value; of equal values the first; NaN is never the largest.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int k = 1; k < values.Length; k++)
            if (values[k] > values[best] || float.IsNaN(values[best])) best = k;
        return best;
    }

    /// <summary>The share of the rows whose class is their label.</summary>
    /// <param name="outputs">One probability per row, or one output per row and class.</param>
    /// <param name="labels">One class number per row, (rows).</param>
    /// <param name="transposed">Whether the outputs lie as (outputs, rows) and not as (rows, outputs).</param>
    /// <exception cref="ArgumentException">There are no rows, or the number of outputs is no multiple of the number of rows.</exception>
    public static double Accuracy(ReadOnlySpan<float> outputs, ReadOnlySpan<float> labels, bool transposed = false)
    {
        if (labels.IsEmpty || outputs.IsEmpty || outputs.Length % labels.Length != 0)
            throw new ArgumentException($"{outputs.Length} outputs are not rows for {labels.Length} labels", nameof(outputs));
        int rows = labels.Length, columns = outputs.Length / rows;
        return (double)(transposed || columns == 1 ? Right(outputs, labels) : RightByRow(outputs, labels)) / rows;
    }

    static int RightByRow(ReadOnlySpan<float> outputs, ReadOnlySpan<float> labels)
    {
        int columns = outputs.Length / labels.Length, right = 0;
        for (int r = 0; r < labels.Length; r++)
            if (ClassOf(outputs.Slice(r * columns, columns)) is int predicted && predicted == labels[r]) right++;
        return right;
    }

    // the rows whose class is their label, of outputs (outputs, rows): a vector of rows at a time
    static int Right(ReadOnlySpan<float> outputs, ReadOnlySpan<float> labels)
    {
        int rows = labels.Length, columns = outputs.Length / rows, r = 0;
        Vector<int> counts = Vector<int>.Zero;
        for (; r + Vector<float>.Count <= rows; r += Vector<float>.Count)
        {
            var largest = new Vector<float>(outputs[r..]);
            Vector<int> numbers = Vector.Equals(largest, largest);
            Vector<float> predicted = Vector<float>.Zero;
            if (columns == 1) predicted = Vector.ConditionalSelect(Vector.GreaterThan(largest, Half), Vector<float>.One, predicted);
            for (int k = 1; k < columns; k++)
            {
                var value = new Vector<float>(outputs[(k * rows + r)..]);
                numbers &= Vector.Equals(value, value);
                Vector<int> isLarger = Vector.GreaterThan(value, largest);
                largest = Vector.ConditionalSelect(isLarger, value, largest);
                predicted = Vector.ConditionalSelect(isLarger, new Vector<float>(k), predicted);
            }
            counts -= Vector.Equals(predicted, new Vector<float>(labels[r..])) & numbers;
        }
        int right = Vector.Sum(counts);
        var row = new float[columns];
        for (; r < rows; r++)
        {
            for (int k = 0; k < columns; k++) row[k] = outputs[k * rows + r];
            if (ClassOf(row) is int predicted && predicted == labels[r]) right++;
        }
        return right;
    }

    static readonly Vector<float> Half = new(0.5f);
}
