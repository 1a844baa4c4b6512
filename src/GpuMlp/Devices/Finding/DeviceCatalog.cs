using GpuMlp.Devices.Host;
using ILGPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Finding;

/// <summary>Finds the devices of this machine, and says why one is left out.</summary>
static class DeviceCatalog
{
    internal const string NoGpu = "the NVIDIA driver reports no GPU";

    internal static string CpuName => $"{Environment.ProcessorCount} cores, {8 * sizeof(float) * HostRunner.WidestLanes}-bit lanes";

    internal static IReadOnlyList<DeviceDescription> List()
    {
        var devices = new List<DeviceDescription>
        {
            DeviceDescription.Processor,
            new("cpu:ilgpu", DeviceKind.CpuIlgpu, "ILGPU's CPU launcher", Note: "slow; for comparison and debugging"),
        };
        Add(devices, new("opencl", DeviceKind.OpenCL, "OpenCL"), OpenCLLibrary.WhyMissing, OpenCLDevices, OpenCLLibrary.WhyEmpty);
        Add(devices, new("cuda", DeviceKind.Cuda, "NVIDIA GPU"), CudaLibrary.WhyMissing, CudaDevices, CudaLibrary.WhyEmpty);
        return devices;
    }

    // catches everything, because a broken installation of one kind must not keep the other kinds from being listed
    static void Add(
        List<DeviceDescription> devices, DeviceDescription none,
        Func<string?> whyMissing, Func<List<DeviceDescription>> find, Func<string> whyEmpty)
    {
        try
        {
            string? missing = whyMissing();
            List<DeviceDescription> found = missing is null ? find() : [];
            if (found.Count > 0) devices.AddRange(found);
            else devices.Add(none with { Excluded = missing ?? whyEmpty() });
        }
        catch (Exception e)
        {
            devices.Add(none with { Excluded = $"looking for devices failed: {DeviceException.Reason(e)}" });
        }
    }

    static List<DeviceDescription> OpenCLDevices()
    {
        List<DeviceDescription> found = [];
        using var context = Context.Create(builder => found = AddOpenCL(builder));
        return found;
    }

    /// <summary>Adds every OpenCL device to a context, and returns their descriptions.</summary>
    internal static List<DeviceDescription> AddOpenCL(Context.Builder builder)
    {
        var found = new List<DeviceDescription>();
        builder.OpenCL(device =>
        {
            bool overridden = OpenCLLibrary.Accept(device);
            found.Add(new($"opencl:{found.Count}", DeviceKind.OpenCL, device.Name.Trim(), Note: OpenCLLibrary.Note(device, overridden),
                IsGpu: device.DeviceType == CLDeviceType.CL_DEVICE_TYPE_GPU)
            {
                Driver = device.DeviceVersion.ToString(),
                Multiprocessors = device.NumMultiprocessors,
            });
            return true;
        });
        return found;
    }

    static List<DeviceDescription> CudaDevices()
    {
        using var context = Context.Create(builder => builder.Cuda());
        return CudaDevices(context);
    }

    internal static List<DeviceDescription> CudaDevices(Context context) =>
    [
        .. context.Devices.OfType<CudaDevice>().Select(
            (device, i) => new DeviceDescription($"cuda:{i}", DeviceKind.Cuda, device.Name, IsGpu: true)
            {
                Driver = device.DriverVersion.ToString(),
                Multiprocessors = device.NumMultiprocessors,
            }),
    ];
}
