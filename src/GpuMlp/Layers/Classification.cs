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
    internal static void Softmax(Span<float> logits)
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
        int rows = labels.Length, columns = outputs.Length / rows, right = 0, r = 0;
        if (transposed || columns == 1)
        {
            Vector<int> hits = Vector<int>.Zero;
            for (; r <= rows - Vector<float>.Count; r += Vector<float>.Count) hits -= Hits(outputs, labels, r);
            right = Vector.Sum(hits);
        }
        Span<float> row = columns <= 64 ? stackalloc float[columns] : new float[columns];
        for (; r < rows; r++)
        {
            for (int k = 0; k < columns; k++) row[k] = outputs[transposed ? k * rows + r : r * columns + k];
            if (ClassOf(row) is int predicted && predicted == labels[r]) right++;
        }
        return (double)right / rows;
    }

    // a vector of rows at a time: -1 where the class, as ClassOf has it, is the label; outputs are (outputs, rows)
    static Vector<int> Hits(ReadOnlySpan<float> outputs, ReadOnlySpan<float> labels, int row)
    {
        Vector<float> best = new(outputs[row..]), found = Vector<float>.Zero;
        Vector<int> known = Vector.Equals(best, best);
        if (outputs.Length == labels.Length)
            found = Vector.ConditionalSelect(Vector.GreaterThan(best, new Vector<float>(0.5f)), Vector<float>.One, found);
        for (int at = labels.Length; at < outputs.Length; at += labels.Length)
        {
            Vector<float> output = new(outputs[(at + row)..]);
            Vector<int> larger = Vector.GreaterThan(output, best);
            best = Vector.ConditionalSelect(larger, output, best);
            found = Vector.ConditionalSelect(larger, new Vector<float>(at / labels.Length), found);
            known &= Vector.Equals(output, output);
        }
        return known & Vector.Equals(found, new Vector<float>(labels[row..]));
    }
}
