using BenchmarkDotNet.Attributes;
using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Tensors;

namespace GpuMlp.Bench;

/// <summary>The three products of a linear layer, operands on the device, and the multiply-adds alone on the processor.</summary>
public class LinearBenchmarks
{
    ComputeDevice? device;
    Tensor? x, w, b, y, dy, dx, dw, db;

    /// <summary>The layer of the row.</summary>
    [ParamsSource(nameof(Cases))]
    public required LinearCase Case { get; set; }

    /// <summary>All layers.</summary>
    public static IEnumerable<LinearCase> Cases => LinearCase.All();

    /// <summary>Compiles, and compares each product with the CPU's.</summary>
    [GlobalSetup]
    public void Check()
    {
        AbsentDevice.Refuse(Case);
        Allocate(OpenDevices.Get("cpu"));
        float[][] expected = Results();
        Free();
        Allocate(OpenDevices.Get(Case.Device));
        float[][] results = Results();
        for (int k = 0; k < expected.Length; k++)
            if (device!.SameBits && !expected[k].AsSpan().SequenceEqual(results[k]))
                throw new InvalidOperationException($"{Case}: other values than the CPU's");
    }

    void Allocate(ComputeDevice on)
    {
        device = on;
        (int n, int i, int o) = (Case.N, Case.I, Case.O);
        (x, w, b, dy) = (Random(n, i), Random(i, o), Random(1, o), Random(n, o));
        (y, dx, dw, db) = (new Tensor(on, n, o), new Tensor(on, n, i), new Tensor(on, i, o), new Tensor(on, 1, o));
    }

    Tensor Random(int rows, int columns)
    {
        var random = new Random(rows * columns);
        var tensor = new Tensor(device!, rows, columns);
        tensor.CopyFrom([.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() - 0.5f)]);
        return tensor;
    }

    float[][] Results()
    {
        Forward();
        InputGradient();
        ParameterGradients();
        return [y!.ToArray(), dx!.ToArray(), dw!.ToArray(), db!.ToArray()];
    }

    /// <summary>y = x·w + b.</summary>
    [Benchmark(Description = "forward")]
    public void Forward()
    {
        device!.LinearForward(x!.Span, w!.Span, b!.Span, y!.Span, Case.N, Case.I, Case.O);
        device!.Synchronize();
    }

    /// <summary>dx = dy·wᵀ.</summary>
    [Benchmark(Description = "dx")]
    public void InputGradient()
    {
        device!.LinearInputGradient(dy!.Span, w!.Span, dx!.Span, Case.N, Case.I, Case.O);
        device!.Synchronize();
    }

    /// <summary>dw = xᵀ·dy and db.</summary>
    [Benchmark(Description = "dw, db")]
    public void ParameterGradients()
    {
        device!.LinearParameterGradients(x!.Span, dy!.Span, dw!.Span, db!.Span, Case.N, Case.I, Case.O);
        device!.Synchronize();
    }

    /// <summary>A product's multiply-adds and nothing else, on the processor's own cores: no form can be faster there.</summary>
    [Benchmark(Description = "limit: multiply-adds alone on the CPU")]
    public void Limit() => OpenDevices.Get("cpu").Host!.Run(new MultiplyAdds(Case.Work / 2), long.MaxValue);

    /// <summary>Frees what the row used.</summary>
    [GlobalCleanup]
    public void Free()
    {
        foreach (Tensor? tensor in (Tensor?[])[x, w, b, y, dy, dx, dw, db]) tensor?.Dispose();
    }
}
