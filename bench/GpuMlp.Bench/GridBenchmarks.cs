using BenchmarkDotNet.Attributes;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tensors;

namespace GpuMlp.Bench;

/// <summary>
/// Dense grids: the time of the kernel, the time until the values are in host memory, and the time of the multiply-adds alone on the
/// processor.
/// </summary>
public class GridBenchmarks
{
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);

    Sequential? network;
    GridEvaluator? evaluator, piecewise;
    GridSpec? grid;
    GridRun? run;
    Tensor? onDevice;
    float[] values = [];

    /// <summary>The grid of the row.</summary>
    [ParamsSource(nameof(Cases))]
    public required GridCase Case { get; set; }

    /// <summary>All grids.</summary>
    public static IEnumerable<GridCase> Cases => GridCase.All();

    /// <summary>Compiles, and compares the values of the grid's first row of points with those of the layers.</summary>
    [GlobalSetup]
    public void Check()
    {
        AbsentDevice.Refuse(Case);
        network = NetworkSpec.Parse(Case.Net).Build(
            OpenDevices.Get(Case.Device), Initialization.Uniform, new PhiloxStream(0, StreamPurpose.Initialization), new BceLoss());
        evaluator = new GridEvaluator(network);
        grid = GridSpec.FromSize(Shown, Case.Side, Case.Side);
        values = evaluator.Evaluate(grid);
        run = new GridRun(network, new GridNetwork(network, piecewise: false), grid);
        onDevice = new Tensor(network.Device, grid.Height, grid.Width);
        if (network.Device.Host is not null && Case.Net == "2-50-1") piecewise = new GridEvaluator(network, piecewise: true);
        var points = new float[2 * grid.Width];
        for (int k = 0; k < grid.Width; k++) (points[2 * k], points[2 * k + 1]) = (grid.X[k], grid.Y[0]);
        if (!network.Predict(points).AsSpan().SequenceEqual(values.AsSpan(0, grid.Width)))
            throw new InvalidOperationException($"{Case}: other values than the layers'");
    }

    /// <summary>
    /// The values stay on the device, in memory that is allocated already: to allocate memory takes longer than to fill it.
    /// </summary>
    [Benchmark(Description = "kernel")]
    public void Kernel() => run!.OnDevice(GridValue.Probability, onDevice!.Span);

    /// <summary>The values are copied into an array that exists already.</summary>
    [Benchmark(Description = "into host memory")]
    public void IntoHostMemory() => evaluator!.Evaluate(grid!, values);

    /// <summary>The values are copied into a new array.</summary>
    [Benchmark(Description = "into a new array")]
    public float[] IntoANewArray() => evaluator!.Evaluate(grid!);

    /// <summary>
    /// Rows are computed from their breakpoints, into an array that exists already; by the usual form where that one cannot be.
    /// </summary>
    [Benchmark(Description = "piecewise, where there is that form")]
    public void Piecewise() => (piecewise ?? evaluator)!.Evaluate(grid!, values);

    /// <summary>The grid's multiply-adds and nothing else, on the processor's own cores: no form can be faster there.</summary>
    [Benchmark(Description = "limit: multiply-adds alone on the CPU")]
    public void Limit()
    {
        int[] widths = [.. NetworkSpec.Parse(Case.Net).Widths];
        long multiplyAdds = widths.Zip(widths.Skip(1), (i, o) => (long)i * o).Sum() * Case.Work;
        OpenDevices.Get("cpu").Host!.Run(new MultiplyAdds(multiplyAdds), long.MaxValue);
    }

    /// <summary>Frees what the row used.</summary>
    [GlobalCleanup]
    public void Free()
    {
        run?.Dispose();
        onDevice?.Dispose();
        network?.Dispose();
    }
}
