using System.Globalization;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GpuMlp.Devices.Memory;

/// <summary>How much memory a device has left.</summary>
/// <remarks>
/// Where a device shares the processor's memory nothing refuses a buffer that is too large: Linux hands out pages until it ends the
/// process. So what is left is looked up before a large buffer is made.
/// </remarks>
static class DeviceMemory
{
    /// <summary>Bytes from which a buffer is worth looking up what is left.</summary>
    internal const long Large = 1 << 24;

    /// <summary>Bytes that an accelerator has left; <paramref name="live"/>: bytes of the buffers that it holds.</summary>
    internal static long Available(Accelerator accelerator, bool isProcessor, long live) => accelerator switch
    {
        CudaAccelerator cuda => cuda.GetFreeMemory(),
        _ when isProcessor => OfHost(),
        _ => Math.Max(0, accelerator.MemorySize - live),
    };

    static long OfHost()
    {
        // a container's limit, or the machine's memory
        long limit = Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);
        const string info = "/proc/meminfo", entry = "MemAvailable:";
        if (!File.Exists(info)) return limit;
        string? line = File.ReadLines(info).FirstOrDefault(l => l.StartsWith(entry, StringComparison.Ordinal));
        return line is not null && long.TryParse(line[entry.Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture, out long kilobytes)
            ? Math.Min(limit, kilobytes * 1024) : limit;
    }
}
