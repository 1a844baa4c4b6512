using GpuMlp.Devices;

namespace GpuMlp.Tests.Support;

/// <summary>OpenCL's first device, for tests of what only OpenCL has; others run on <see cref="DriverDevice"/>.</summary>
static class OpenCL
{
    static readonly Lazy<DeviceDescription> first = new(() => ComputeDevice.List().First(d => d.Kind == DeviceKind.OpenCL));

    /// <summary>Whether the device is a simulator that checks every access, and so takes only small work.</summary>
    internal static bool Simulates => first.Value.Name.Contains("Oclgrind", StringComparison.Ordinal);

    /// <summary>Ends the test here where there is no such device.</summary>
    internal static void Need() => Requirement.Need("opencl", first.Value.IsAvailable, $"{first.Value.Excluded}.");
}
