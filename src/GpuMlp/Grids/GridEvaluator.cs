using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Layers;
using GpuMlp.Tensors;

namespace GpuMlp.Grids;

/// <summary>Evaluates a network of two inputs and one output over dense grids, on the network's device.</summary>
/// <remarks>
/// The grid's two axes go to the device; there some points at a time go through the whole network, so hidden activations never reach main
/// memory. In every form but Piecewise the values are those of <see cref="Sequential.Predict"/>, bit for bit, on every device.
/// </remarks>
public sealed class GridEvaluator
{
    readonly Sequential network;
    readonly GridNetwork plan;

    /// <summary>An evaluator of a network, whose parameters it reads at each call.</summary>
    /// <param name="network">The network.</param>
    /// <param name="piecewise">
    /// Whether to evaluate each row from breakpoint to breakpoint, for one hidden layer of ReLU on the device cpu. The bits then differ
    /// from Forward's.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The network has other than two inputs or other than one output, or piecewise evaluation does not suit it.
    /// </exception>
    public GridEvaluator(Sequential network, bool piecewise = false)
    {
        ArgumentNullException.ThrowIfNull(network);
        (this.network, plan) = (network, new GridNetwork(network, piecewise));
    }

    /// <summary>How grids are evaluated.</summary>
    public GridForm Form => plan.Form;

    /// <summary>The form in words, with the reason.</summary>
    public string FormReason => plan.Reason;

    /// <summary>The network's outputs over a grid, float[Height · Width], x fastest, row 0 at the smallest y.</summary>
    /// <exception cref="ArgumentException">
    /// The network has other than two inputs or one output, or the grid has too many points for an array.
    /// </exception>
    public static float[] Evaluate(Sequential network, GridSpec grid) => new GridEvaluator(network).Evaluate(grid);

    /// <summary>The values over a grid, float[Height · Width], x fastest, row 0 at the smallest y.</summary>
    /// <exception cref="ArgumentException">The grid has too many points for an array.</exception>
    public float[] Evaluate(GridSpec grid, GridValue value = GridValue.Probability)
    {
        float[] values = GC.AllocateUninitializedArray<float>(ArrayLength(grid, 1));
        Evaluate(grid, values, value);
        return values;
    }

    /// <summary>Writes the values over a grid into the caller's memory; memory that was used before is faster than new memory.</summary>
    /// <exception cref="ArgumentException">The length of the target is not Height · Width.</exception>
    public void Evaluate(GridSpec grid, Span<float> target, GridValue value = GridValue.Probability)
    {
        ArgumentNullException.ThrowIfNull(grid);
        if (target.Length != grid.Points)
            throw new ArgumentException($"the grid has {grid.Points} points, the target holds {target.Length}", nameof(target));
        using DeviceUse use = network.Device.Use();
        using var run = new GridRun(network, plan, grid);
        run.ToHost(value, target);
    }

    /// <summary>The values over a grid as a tensor (Height, Width) on the network's device.</summary>
    /// <exception cref="ArgumentException">The grid has too many points for a tensor.</exception>
    public Tensor EvaluateOnDevice(GridSpec grid, GridValue value = GridValue.Probability)
    {
        ArrayLength(grid, 1);
        using DeviceUse use = network.Device.Use();
        var values = new Tensor(network.Device, grid.Height, grid.Width);
        using var run = new GridRun(network, plan, grid);
        run.OnDevice(value, values.Span);
        return values;
    }

    /// <summary>
    /// The classes over a grid, byte[Height · Width]: 1 where the logit is positive (a probability above ½), else 0;
    /// <see cref="ClassEvaluator.NotANumber"/> where it is NaN.
    /// </summary>
    /// <exception cref="ArgumentException">The grid has too many points for an array.</exception>
    public byte[] EvaluateClasses(GridSpec grid)
    {
        byte[] classes = GC.AllocateUninitializedArray<byte>(ArrayLength(grid, 1));
        StreamClasses(grid, (row, values) => values.CopyTo(classes.AsSpan(row * grid.Width)));
        return classes;
    }

    /// <summary>
    /// The values of many parameter sets of the network's shape (snapshots of a run, a population), float[sets · Height · Width], in one
    /// launch.
    /// </summary>
    /// <param name="grid">The grid.</param>
    /// <param name="sets">Parameter sets in the layout of the network's arena, <see cref="ParameterArena.Length"/> floats each.</param>
    /// <param name="value">What to evaluate.</param>
    /// <exception cref="ArgumentException">A set is null or has another length, or there are too many values for an array.</exception>
    public float[] EvaluateSets(GridSpec grid, IReadOnlyList<float[]> sets, GridValue value = GridValue.Probability)
    {
        ArgumentNullException.ThrowIfNull(sets);
        if (sets.Contains(null!)) throw new ArgumentException("a parameter set is null", nameof(sets));
        using DeviceUse use = network.Device.Use();
        for (int s = 0; s < sets.Count; s++)
            if (sets[s].Length != network.Arena.Length)
                throw new ArgumentException(
                    $"parameter set {s} has {sets[s].Length} values, the network's arena {network.Arena.Length}", nameof(sets));
        float[] values = GC.AllocateUninitializedArray<float>(ArrayLength(grid, sets.Count));
        if (sets.Count == 0) return values;
        using Tensor parameters = Tensor.From(network.Device, sets.SelectMany(set => set).ToArray(), sets.Count, network.Arena.Length);
        using var run = new GridRun(network, plan, grid, parameters);
        run.ToHost(value, values);
        return values;
    }

    /// <summary>
    /// Passes the values of a grid of any size to a sink, some rows at a time, in bounded memory. While the sink works on another thread,
    /// the next rows are computed, so the sink must not use the network's device.
    /// </summary>
    /// <returns>The time that the evaluation took, without the sink's.</returns>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled; the sink has ended.</exception>
    public TimeSpan Stream(
        GridSpec grid, GridSink<float> sink, GridValue value = GridValue.Probability, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(sink);
        using DeviceUse use = network.Device.Use();
        using var run = new GridRun(network, plan, grid);
        return GridStream.Run(grid, sink, (row, rows, target) => run.ToHost(row, rows, value, target), cancellation, IsSlow);
    }

    /// <summary>
    /// Passes the classes of a grid of any size to a sink, some rows at a time, as <see cref="Stream"/> does with values.
    /// </summary>
    /// <returns>The time that the evaluation took, without the sink's.</returns>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled; the sink has ended.</exception>
    public TimeSpan StreamClasses(GridSpec grid, GridSink<byte> sink, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(sink);
        using DeviceUse use = network.Device.Use();
        using var run = new GridRun(network, plan, grid);
        return GridStream.Run(grid, sink, run.ClassesToHost, cancellation, IsSlow);
    }

    bool IsSlow => Form == GridForm.Batches || network.Device.Kind == DeviceKind.CpuIlgpu;

    static int ArrayLength(GridSpec grid, int sets)
    {
        ArgumentNullException.ThrowIfNull(grid);
        if (sets > 0 && grid.Points > Array.MaxLength / 4 * 4 / sets)
            throw new ArgumentException($"{sets} grids of {grid.Points:N0} points are too many for an array; stream them", nameof(grid));
        return (int)grid.Points * sets;
    }
}
