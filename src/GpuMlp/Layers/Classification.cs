namespace GpuMlp.Layers;

/// <summary>Which class a network's outputs mean: pictures, grids, scores and populations all ask here.</summary>
public static class Classification
{
    /// <summary>The class of one row of outputs: of several outputs the largest, of one, a probability, 1 above ½; null where an output is NaN.</summary>
    public static int? ClassOf(ReadOnlySpan<float> outputs)
    {
        foreach (float output in outputs)
            if (float.IsNaN(output)) return null;
        return outputs.Length == 1 ? outputs[0] > 0.5f ? 1 : 0 : ArgMax(outputs);
    }

    /// <summary>The index of the largest value, the first of equal ones; NaN is never the largest.</summary>
    public static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int k = 1; k < values.Length; k++)
            if (values[k] > values[best] || float.IsNaN(values[best])) best = k;
        return best;
    }

    /// <summary>The share of the rows whose class is their label.</summary>
    /// <param name="outputs">Probabilities, or one output for each class.</param>
    /// <param name="labels">A class for each row (rows).</param>
    /// <param name="transposed">Whether the outputs lie as (outputs, rows) and not as (rows, outputs).</param>
    /// <exception cref="ArgumentException">There are no rows, or the outputs are not as many for each.</exception>
    public static double Accuracy(ReadOnlySpan<float> outputs, ReadOnlySpan<float> labels, bool transposed = false)
    {
        if (labels.IsEmpty || outputs.IsEmpty || outputs.Length % labels.Length != 0)
            throw new ArgumentException($"{outputs.Length} outputs are not rows for {labels.Length} labels", nameof(outputs));
        int rows = labels.Length, columns = outputs.Length / rows, right = 0;
        var row = new float[columns];
        for (int r = 0; r < rows; r++)
        {
            for (int k = 0; k < columns; k++) row[k] = outputs[transposed ? k * rows + r : r * columns + k];
            if (ClassOf(row) is int predicted && predicted == labels[r]) right++;
        }
        return (double)right / rows;
    }
}
