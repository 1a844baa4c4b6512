using GpuMlp.Devices;
using GpuMlp.Devices.Memory;

namespace GpuMlp.Tests.Support;

/// <summary>Every way that a kernel can run on this machine, opened once for all kernel tests. The others must equal the first.</summary>
public sealed class DeviceRoutes : IDisposable
{
    readonly List<Route> all = [];

    /// <summary>
    /// Opens the CPU with each width of lanes, alone and on two cores, ILGPU's launcher, and a driver's device where there is one; if
    /// the tests are about that device alone, it and one width.
    /// </summary>
    public DeviceRoutes()
    {
        Add("cpu, 512-bit lanes", ComputeDevice.OpenCpu(16, 1));
        if (DriverDevice.Named is null) AddProcessors();
        try
        {
            Add(DriverDevice.Id, ComputeDevice.Open(DriverDevice.Id));
        }
        catch (DeviceUnavailableException missing)
        {
            Missing = missing.Message;
        }
    }

    void AddProcessors()
    {
        foreach (int lanes in (int[])[8, 4, 1]) Add($"cpu, {32 * lanes}-bit lanes", ComputeDevice.OpenCpu(lanes, 1));
        Add("cpu, 512-bit lanes, 2 cores", ComputeDevice.OpenCpu(16, 2));
        Add("cpu, 128-bit lanes, 3 cores", ComputeDevice.OpenCpu(4, 3));
        Add("cpu:ilgpu", ComputeDevice.Open("cpu:ilgpu"));
    }

    /// <summary>Why no driver's device is among the routes; null if one is.</summary>
    public string? Missing { get; }

    /// <summary>The routes; the slow ones only where <paramref name="slowToo"/>.</summary>
    internal IEnumerable<Route> All(bool slowToo = true) => all.Where(route => slowToo || route.Device.Kind != DeviceKind.CpuIlgpu);

    void Add(string name, ComputeDevice device) => all.Add(new Route(name, device));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Route route in all) route.Device.Dispose();
    }
}

/// <summary>One way to run kernels, with a buffer that all cases share.</summary>
sealed class Route(string name, ComputeDevice device)
{
    DeviceBuffer? buffer;

    internal ComputeDevice Device => device;

    /// <summary>The most floats that a case may have: a simulator that checks every access takes only small cases.</summary>
    internal int MostFloats { get; } = DriverDevice.Simulated(device.Name);

    internal DeviceSpan Room(int length)
    {
        if (buffer is null || buffer.Length < length)
        {
            buffer?.Dispose();
            buffer = device.Allocate(length);
        }
        return buffer.All.Slice(0, length);
    }

    /// <inheritdoc/>
    public override string ToString() => name;
}

/// <summary>The kernel tests run one after another: they share the open devices.</summary>
[CollectionDefinition]
public sealed class KernelTests : ICollectionFixture<DeviceRoutes>;
