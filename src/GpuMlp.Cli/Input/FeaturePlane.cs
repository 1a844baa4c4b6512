using System.Diagnostics;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;

namespace GpuMlp.Cli.Input;

/// <summary>
/// A plane of features as a network takes them: two features run along the axes, those that are derived from others are computed at each
/// point, and the rest are held.
/// </summary>
/// <param name="x">The feature along x, from 0.</param>
/// <param name="y">The feature along y; null where the plane is a line.</param>
/// <param name="at">A value for each feature in the data's units; those of the axes and of derived features are not used.</param>
/// <param name="derived">The features that are derived, the last ones.</param>
/// <param name="standardizer">What turns the data's units into the network's inputs; null where they are the same.</param>
sealed class FeaturePlane(int x, int? y, double[] at, IReadOnlyList<DerivedFeature> derived, Standardizer? standardizer)
{
    const int PointsAtOnce = 1 << 15;

    int Own => at.Length - derived.Count;

    /// <summary>Whether a feature is computed at each point. Where none is, a <see cref="NetworkSlice"/> is the same and faster.</summary>
    public bool IsDerived => Enumerable.Range(Own, derived.Count).Any(feature => feature != x && feature != y);

    /// <summary>The points of a grid, or of its first row for a line, as rows of inputs, float[points · features].</summary>
    public float[] Inputs(GridSpec grid) => Inputs(grid, 0, y is null ? grid.Width : checked((int)grid.Points));

    /// <summary>What pictures of regions show: the network's one output, or <see cref="ClassEvaluator.Region"/> of several.</summary>
    public float[] Regions(Sequential network, GridSpec grid)
    {
        if (network.Outputs == 1) return Outputs(network, grid, GridValue.Probability);
        float[] outputs = Outputs(network, grid, GridValue.Logit), regions = new float[grid.Points];
        for (int k = 0; k < regions.Length; k++)
            regions[k] = ClassEvaluator.Region(outputs.AsSpan(k * network.Outputs, network.Outputs));
        return regions;
    }

    /// <summary>The network's outputs over a grid, float[Height · Width · outputs].</summary>
    public float[] Outputs(Sequential network, GridSpec grid, GridValue value)
    {
        var outputs = new float[checked(grid.Points * network.Outputs)];
        Stream(network, grid, (row, values) => values.CopyTo(outputs.AsSpan(row * grid.Width * network.Outputs)), value);
        return outputs;
    }

    /// <summary>Passes the outputs of a grid of any size to a sink, some rows at a time.</summary>
    /// <param name="network">The network of all features.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="sink">Takes the rows in order, with a value per output, or of one class.</param>
    /// <param name="value">Probabilities (of several outputs the softmax), or the outputs as they are.</param>
    /// <param name="ofClass">The one class; null for all outputs.</param>
    /// <param name="cancellation">Ends it between rows.</param>
    /// <returns>The time that it took, without the sink's.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TimeSpan Stream(Sequential network, GridSpec grid, GridSink<float> sink, GridValue value, int? ofClass = null,
        CancellationToken cancellation = default)
    {
        int rowsAtOnce = Math.Clamp(PointsAtOnce / grid.Width, 1, grid.Height), perPoint = ofClass is null ? network.Outputs : 1;
        var spent = TimeSpan.Zero;
        for (int row = 0; row < grid.Height; row += rowsAtOnce)
        {
            long start = Stopwatch.GetTimestamp(), first = (long)row * grid.Width;
            int points = Math.Min(rowsAtOnce, grid.Height - row) * grid.Width;
            var values = new float[points * perPoint];
            for (int done = 0; done < points; done += PointsAtOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                float[] inputs = Inputs(grid, first + done, Math.Min(PointsAtOnce, points - done));
                Evaluate(network, inputs, value, ofClass).CopyTo(values, done * perPoint);
            }
            spent += Stopwatch.GetElapsedTime(start);
            sink(row, values);
        }
        return spent;
    }

    /// <summary>Passes the classes of a grid to a sink, as <see cref="GridEvaluator.StreamClasses"/> does.</summary>
    /// <inheritdoc cref="Stream" path="/exception"/>
    /// <returns>The time that it took, with the sink's.</returns>
    public TimeSpan StreamClasses(Sequential network, GridSpec grid, GridSink<byte> sink, CancellationToken cancellation = default)
    {
        int outputs = network.Outputs;
        return Stream(network, grid, (row, logits) =>
        {
            var classes = new byte[logits.Length / outputs];
            for (int k = 0; k < classes.Length; k++)
            {
                ReadOnlySpan<float> point = logits.Slice(k * outputs, outputs);
                int? best = outputs > 1 ? Classification.ClassOf(point) : float.IsNaN(point[0]) ? null : point[0] > 0 ? 1 : 0;
                classes[k] = (byte?)best ?? ClassEvaluator.NotANumber;
            }
            sink(row, classes);
        }, GridValue.Logit, cancellation: cancellation);
    }

    static float[] Evaluate(Sequential network, float[] inputs, GridValue value, int? ofClass)
    {
        int outputs = network.Outputs;
        if (outputs == 1) return value == GridValue.Logit ? network.PredictLogits(inputs) : network.Predict(inputs);
        float[] logits = network.PredictLogits(inputs);
        if (value == GridValue.Probability)
            for (int at = 0; at < logits.Length; at += outputs) Classification.Softmax(logits.AsSpan(at, outputs));
        return ofClass is int one ? [.. Enumerable.Range(0, logits.Length / outputs).Select(k => logits[k * outputs + one])] : logits;
    }

    float[] Inputs(GridSpec grid, long first, int count)
    {
        double[] values = [.. at];
        var inputs = new float[count * values.Length];
        for (int point = 0, to = 0; point < count; point++)
        {
            values[x] = grid.XAt((int)((first + point) % grid.Width));
            if (y is int vertical) values[vertical] = grid.YAt((int)((first + point) / grid.Width));
            for (int k = 0; k < derived.Count; k++)
                if (Own + k != x && Own + k != y) values[Own + k] = derived[k].Of(values.AsSpan(0, Own));
            for (int k = 0; k < values.Length; k++)
                inputs[to++] = (float)(standardizer is null ? values[k] : (values[k] - standardizer.Mean[k]) / standardizer.Deviation[k]);
        }
        return inputs;
    }
}
