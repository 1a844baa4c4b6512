using System.Diagnostics;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Numerics;

namespace GpuMlp.Grids;

/// <summary>Evaluates a network of two inputs and one output per class over dense grids; a point's class is its largest output.</summary>
/// <remarks>Points go through <see cref="Sequential.Predict"/> in batches; the host compares the outputs.</remarks>
public sealed class ClassEvaluator
{
    /// <summary>Stands for the class of a point at which an output is NaN.</summary>
    public const byte NotANumber = 255;

    /// <summary>The most classes: a class has to be a byte below <see cref="NotANumber"/>.</summary>
    public const int MostClasses = NotANumber;

    readonly Sequential network;

    /// <summary>An evaluator of a network, whose parameters it reads at each call.</summary>
    /// <exception cref="ArgumentException">The network has other than two inputs, or other than 2 to 255 outputs.</exception>
    public ClassEvaluator(Sequential network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Inputs != 2)
            throw new ArgumentException(
                $"a grid needs a network of exactly two inputs, the model has {network.Inputs}", nameof(network));
        if (network.Outputs is < 2 or > MostClasses)
            throw new ArgumentException(
                $"a grid of classes needs a network of 2 to {MostClasses} outputs, the model has {network.Outputs}", nameof(network));
        this.network = network;
    }

    /// <summary>
    /// The classes over a grid, byte[Height · Width], x fastest, row 0 at the smallest y; <see cref="NotANumber"/> where an output is NaN.
    /// </summary>
    /// <exception cref="ArgumentException">The grid has too many points for an array.</exception>
    public byte[] Evaluate(GridSpec grid)
    {
        var classes = new byte[Length(grid)];
        Fill(grid, 0, grid.Height, classes.AsSpan(), Class);
        return classes;
    }

    /// <summary>
    /// The values for pictures of regions, float[Height · Width]: class numbers, or for two classes the probability of class 1, σ(z₁ - z₀);
    /// NaN where an output is NaN.
    /// </summary>
    /// <exception cref="ArgumentException">The grid has too many points for an array.</exception>
    public float[] Regions(GridSpec grid)
    {
        var values = new float[Length(grid)];
        Fill(grid, 0, grid.Height, values.AsSpan(), Region);
        return values;
    }

    /// <summary>The outputs over a grid, float[Height · Width · classes], x fastest after the classes, row 0 at the smallest y.</summary>
    /// <exception cref="ArgumentException">The grid has too many points for an array.</exception>
    public float[] Outputs(GridSpec grid)
    {
        int points = Length(grid), classes = network.Outputs;
        if ((long)points * classes > Array.MaxLength)
            throw new ArgumentException($"{classes} outputs at {points:N0} points are too many for an array; stream them", nameof(grid));
        var outputs = new float[points * classes];
        StreamOutputs(grid, (row, values) => values.CopyTo(outputs.AsSpan(row * grid.Width * classes)), GridValue.Logit);
        return outputs;
    }

    /// <summary>
    /// The value for pictures of regions at one point: the class number, or for two classes the probability of class 1; NaN where an output
    /// is NaN.
    /// </summary>
    public static float Region(ReadOnlySpan<float> outputs) => outputs.Length == 2 ? (float)(1 / (1 + Float64.Exp(outputs[0] - outputs[1])))
        : Classification.ClassOf(outputs) is int best ? best : float.NaN;

    static byte Class(ReadOnlySpan<float> outputs) => Classification.ClassOf(outputs) is int best ? (byte)best : NotANumber;

    /// <summary>Passes the classes of a grid of any size to a sink, some rows at a time, in bounded memory.</summary>
    /// <returns>The time that the evaluation took, without the sink's.</returns>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled; the sink has ended.</exception>
    public TimeSpan Stream(GridSpec grid, GridSink<byte> sink, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(sink);
        using DeviceUse use = network.Device.Use();
        return GridStream.Run<byte>(grid, sink, (row, rows, target) => Fill(grid, row, rows, target, Class), cancellation, slow: true);
    }

    /// <summary>
    /// Passes the outputs of a grid of any size to a sink, some rows at a time: of each point the probability of every class, or of one; or
    /// the outputs themselves.
    /// </summary>
    /// <param name="grid">The grid.</param>
    /// <param name="sink">Takes the rows in order: float[rows · Width · classes], or float[rows · Width] of one class.</param>
    /// <param name="value">Probabilities, that is the softmax of the outputs, computed in float64; or the outputs.</param>
    /// <param name="ofClass">The one class; null for all.</param>
    /// <param name="cancellation">Ends the evaluation between rows.</param>
    /// <returns>The time that the evaluation took, without the sink's.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled; the sink has ended.</exception>
    public TimeSpan StreamOutputs(GridSpec grid, GridSink<float> sink, GridValue value = GridValue.Probability, int? ofClass = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(sink);
        int outputs = network.Outputs;
        if (ofClass is int one && (one < 0 || one >= outputs))
            throw new ArgumentOutOfRangeException(nameof(ofClass), ofClass, $"there are {outputs} classes");
        using DeviceUse use = network.Device.Use();
        var spent = TimeSpan.Zero;
        int rowsAtOnce = Math.Clamp(PointLogits.Batch / grid.Width, 1, grid.Height);
        for (int row = 0; row < grid.Height; row += rowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            int rows = Math.Min(rowsAtOnce, grid.Height - row), points = rows * grid.Width;
            var values = new float[points * (ofClass is null ? outputs : 1)];
            int at = 0;
            Fill(grid, row, rows, new bool[points].AsSpan(), z =>
            {
                at += Put(z, values.AsSpan(at), value, ofClass);
                return true;
            });
            spent += Stopwatch.GetElapsedTime(start);
            sink(row, values);
        }
        return spent;
    }

    static int Put(ReadOnlySpan<float> z, Span<float> to, GridValue value, int? ofClass)
    {
        (int first, int end) = ofClass is int one ? (one, one + 1) : (0, z.Length);
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float output in z) largest = Math.Max(largest, output);                       // NaN stays
        foreach (float output in z) sum += Float64.Exp(output - largest);
        for (int k = first; k < end; k++)
            to[k - first] = value == GridValue.Logit ? z[k] : (float)(Float64.Exp(z[k] - largest) / sum);
        return end - first;
    }

    delegate T Reduce<T>(ReadOnlySpan<float> outputs);

    void Fill<T>(GridSpec grid, int firstRow, int rows, Span<T> target, Reduce<T> reduce)
    {
        using DeviceUse use = network.Device.Use();
        int count = rows * grid.Width, outputs = network.Outputs;
        var points = new float[2 * Math.Min(count, PointLogits.Batch)];
        for (int at = 0; at < count; at += PointLogits.Batch)
        {
            int n = Math.Min(PointLogits.Batch, count - at);
            for (int k = 0; k < n; k++)
                (points[2 * k], points[2 * k + 1]) = (grid.X[(at + k) % grid.Width], grid.Y[firstRow + (at + k) / grid.Width]);
            ReadOnlySpan<float> values = network.Predict(points.AsSpan(0, 2 * n), PointLogits.Batch);
            for (int k = 0; k < n; k++) target[at + k] = reduce(values.Slice(k * outputs, outputs));
        }
    }

    static int Length(GridSpec grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        return grid.Points <= Array.MaxLength / 4 ? (int)grid.Points
            : throw new ArgumentException($"a grid of {grid.Points:N0} points is too large for an array; stream it", nameof(grid));
    }
}
