using GpuMlp.Devices;
using GpuMlp.Devices.Host;

namespace GpuMlp.Planning;

/// <summary>Rates of devices that were never measured here.</summary>
/// <remarks>
/// Those of the CPU, and of OpenCL on it, were measured on two cores with 512-bit lanes (bench/README.md) and are scaled by cores and
/// lanes. Those of GPUs are counts of instructions and launches at a clock of 1.5 GHz, not measurements: a planner asks for a wide margin.
/// </remarks>
static class Estimates
{
    const double Nanosecond = 1e-9, MeasuredCores = 2, MeasuredLanes = 16, GpuClock = 1.5e9, OperationsPerMultiprocessor = 256;

    internal static DeviceRates Of(DeviceDescription device) => device.Kind switch
    {
        DeviceKind.Cpu => OfCores(0.12, 0.02, 30, 300),
        DeviceKind.CpuIlgpu => OfIlgpu(),
        DeviceKind.OpenCL or DeviceKind.Cuda => device.IsGpu ? OfGpu(Math.Max(1, device.Multiprocessors)) : OfCores(0.35, 0.4, 40, 50_000),
        _ => throw new ArgumentOutOfRangeException(nameof(device), device.Kind, "not a kind of device"),
    };

    // stages in nanoseconds
    static DeviceRates OfCores(double open, double compile, double fusedStage, double layerStage)
    {
        double lanes = MeasuredLanes / HostRunner.WidestLanes, all = lanes * MeasuredCores / Environment.ProcessorCount;
        return new DeviceRates(open, Environment.ProcessorCount, new Dictionary<WorkKind, Rate>
        {
            [WorkKind.Fused] = Rate.Of(compile, fusedStage * Nanosecond, 0.014 * lanes * Nanosecond),
            [WorkKind.Layers] = Rate.Of(compile, layerStage * Nanosecond, 0.01 * all * Nanosecond),
            [WorkKind.Population] = Rate.Of(compile, fusedStage * Nanosecond, 0.014 * lanes * Nanosecond),
            [WorkKind.Grid] = Rate.Of(compile, 0.3 * all * Nanosecond, 0.003 * all * Nanosecond),
        });
    }

    // its threads are operating system threads, one scalar lane each
    static DeviceRates OfIlgpu() => new(0.2, Environment.ProcessorCount, new Dictionary<WorkKind, Rate>
    {
        [WorkKind.Fused] = Rate.Of(0.5, 500 * Nanosecond, 1 * Nanosecond),
        [WorkKind.Layers] = Rate.Of(0.5, 500_000 * Nanosecond, 1 * Nanosecond),
        [WorkKind.Population] = Rate.Of(0.5, 500 * Nanosecond, 1 * Nanosecond),
        [WorkKind.Grid] = Rate.Of(0.5, 10 * Nanosecond, 0.5 * Nanosecond),
    });

    static DeviceRates OfGpu(int multiprocessors)
    {
        double one = 1 / (OperationsPerMultiprocessor * GpuClock), all = one / multiprocessors;
        return new DeviceRates(0.4, 8 * multiprocessors, new Dictionary<WorkKind, Rate>
        {
            [WorkKind.Fused] = Rate.Of(0.5, 1000 * Nanosecond, 16 * one),           // one group of 64 threads, each a scalar lane
            [WorkKind.Layers] = Rate.Of(0.5, 35_000 * Nanosecond, 10 * all),        // seven launches per layer
            [WorkKind.Population] = Rate.Of(0.5, 2000 * Nanosecond, 32 * one),
            [WorkKind.Grid] = Rate.Of(0.5, 0, 4 * all),
        });
    }
}
