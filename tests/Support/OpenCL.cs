using GpuMlp.Devices;

namespace GpuMlp.Tests.Support;

/// <summary>The OpenCL device that tests run on.</summary>
static class OpenCL
{
    static readonly Lazy<DeviceDescription> first = new(() => ComputeDevice.List().First(d => d.Kind == DeviceKind.OpenCL));

    /// <summary>Whether the device is a simulator that checks every access, and so takes only small work.</summary>
    internal static bool Simulates => first.Value.Name.Contains("Oclgrind", StringComparison.Ordinal);

    /// <summary>Ends the test here where there is no such device.</summary>
    internal static void Need() => Requirement.Need("opencl", first.Value.IsAvailable, $"{first.Value.Excluded}.");

    /// <summary>Opens the device, or ends the test here.</summary>
    internal static ComputeDevice Open()
    {
        Need();
        return ComputeDevice.Open(first.Value.Id);
    }
}
