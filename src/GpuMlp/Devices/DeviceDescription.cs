using GpuMlp.Devices.Finding;

namespace GpuMlp.Devices;

/// <summary>A device of this machine, or one that was looked for and left out.</summary>
/// <param name="Id">The name that <see cref="ComputeDevice.Open(string)"/> takes: cpu, cpu:ilgpu, opencl:0, cuda:0.</param>
/// <param name="Kind">The kind of device.</param>
/// <param name="Name">The driver's name for it.</param>
/// <param name="Excluded">Why it cannot be opened; null if it can.</param>
/// <param name="Note">What a user should know about it: settings that were overridden, what it is useful for.</param>
/// <param name="IsGpu">Whether it is a graphics processor, which needs thousands of threads.</param>
public sealed record DeviceDescription(
    string Id, DeviceKind Kind, string Name, string? Excluded = null, string? Note = null, bool IsGpu = false)
{
    /// <summary>Whether <see cref="ComputeDevice.Open(string)"/> can open it.</summary>
    public bool IsAvailable => Excluded is null;

    /// <summary>The processor with its widest lanes, which is always there.</summary>
    internal static DeviceDescription Processor => new("cpu", DeviceKind.Cpu, DeviceCatalog.CpuName);

    /// <summary>The driver's version; null where there is no driver.</summary>
    internal string? Driver { get; init; }

    /// <summary>Multiprocessors or compute units; 0 where nobody says.</summary>
    internal int Multiprocessors { get; init; }
}
