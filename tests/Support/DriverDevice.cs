using GpuMlp.Devices;
using GpuMlp.Devices.Finding;

namespace GpuMlp.Tests.Support;

/// <summary>
/// The device behind a driver that tests run on beside the CPU: OpenCL's first one, or the one that GPUMLP_TEST_DEVICE names, such as cuda.
/// Where that is set, the tests are about that device alone.
/// </summary>
static class DriverDevice
{
    /// <summary>Stands for the device in the data of tests.</summary>
    internal const string Name = "driver";

    /// <summary>What to open it by.</summary>
    internal static string Id { get; } = Named ?? "opencl";

    /// <summary>What GPUMLP_TEST_DEVICE names; null where it is not set.</summary>
    internal static string? Named => Environment.GetEnvironmentVariable("GPUMLP_TEST_DEVICE") is { Length: > 0 } named ? named : null;

    static readonly Lazy<DeviceDescription> first = new(() => ComputeDevice.List().First(d => d.Kind == DeviceOpener.Parse(Id).Kind));

    /// <summary>opencl or cuda.</summary>
    internal static string Kind => Id.Split(':')[0];

    /// <summary>Whether the device only simulates one, and so takes only small work.</summary>
    internal static bool Simulates => Simulated(first.Value.Name) < int.MaxValue;

    /// <summary>Whether a device simulates one and checks every access, so that a step of training takes it milliseconds.</summary>
    internal static bool IsSlow(ComputeDevice device) => device.Name.Contains("Oclgrind", StringComparison.Ordinal);

    /// <summary>How many floats a device by that name takes in one case of the kernel matrix.</summary>
    internal static int Simulated(string name) => name.Contains("Oclgrind", StringComparison.Ordinal) ? 2000
        : name.Contains("emulated", StringComparison.Ordinal) ? 20_000 : int.MaxValue;

    /// <summary>Ends the test here where there is no such device.</summary>
    internal static void Need() => Requirement.Need(Kind, first.Value.IsAvailable, $"{first.Value.Excluded}.");

    /// <summary>Opens the device, or ends the test here.</summary>
    internal static ComputeDevice Open() => Open(Name);

    /// <summary>Opens a device by its name, or this one by <see cref="Name"/>; where it is not there the test ends here.</summary>
    internal static ComputeDevice Open(string name)
    {
        if (name == Name) Need();
        return ComputeDevice.Open(name == Name ? Id : name);
    }
}
