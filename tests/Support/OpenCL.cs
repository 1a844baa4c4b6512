using GpuMlp.Devices;

namespace GpuMlp.Tests.Support;

/// <summary>The OpenCL device that tests run on.</summary>
static class OpenCL
{
    static readonly Lazy<DeviceDescription> first = new(() => ComputeDevice.List().First(d => d.Kind == DeviceKind.OpenCL));

    internal static void Need() => Requirement.Need("opencl", first.Value.IsAvailable, $"{first.Value.Excluded}.");
}
