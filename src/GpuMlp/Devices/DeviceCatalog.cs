using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ILGPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices;

/// <summary>Finds the devices of this machine and says why one is left out.</summary>
static class DeviceCatalog
{
    internal static string CpuName => $"{Environment.ProcessorCount} cores, {8 * sizeof(float) * HostRunner.WidestLanes}-bit lanes";

    internal static IReadOnlyList<DeviceDescription> List()
    {
        var devices = new List<DeviceDescription>
        {
            new("cpu", DeviceKind.Cpu, CpuName),
            new("cpu:ilgpu", DeviceKind.CpuIlgpu, "ILGPU's CPU launcher", Note: "slow; for comparison and debugging"),
        };
        AddOpenCL(devices);
        AddCuda(devices);
        return devices;
    }

    static void AddOpenCL(List<DeviceDescription> devices)
    {
        if (OpenCLLibrary.WhyMissing() is string reason)
        {
            devices.Add(new("opencl", DeviceKind.OpenCL, "OpenCL", reason));
            return;
        }
        var found = new List<DeviceDescription>();
        using var context = Context.Create(builder => builder.OpenCL(device =>
        {
            bool overridden = OpenCLLibrary.Accept(device);
            found.Add(new($"opencl:{found.Count}", DeviceKind.OpenCL, device.Name.Trim(), Note: OpenCLLibrary.Note(device, overridden)));
            return true;
        }));
        if (found.Count == 0)
            found.Add(new("opencl", DeviceKind.OpenCL, "OpenCL", "the OpenCL library reports no device: install a driver, for a CPU Debian's pocl-opencl-icd"));
        devices.AddRange(found);
    }

    static void AddCuda(List<DeviceDescription> devices)
    {
        string library = OperatingSystem.IsWindows() ? "nvcuda" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(library, out nint handle))
        {
            devices.Add(new("cuda", DeviceKind.Cuda, "NVIDIA GPU", $"the NVIDIA driver ({library}) is not installed"));
            return;
        }
        NativeLibrary.Free(handle);
        using var context = Context.Create(builder => builder.Cuda());
        var found = context.Devices.OfType<CudaDevice>().Select((device, i) => new DeviceDescription($"cuda:{i}", DeviceKind.Cuda, device.Name)).ToList();
        if (found.Count == 0) found.Add(new("cuda", DeviceKind.Cuda, "NVIDIA GPU", "the NVIDIA driver reports no GPU"));
        devices.AddRange(found);
    }
}
