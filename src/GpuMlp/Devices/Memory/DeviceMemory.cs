using System.Globalization;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GpuMlp.Devices.Memory;

/// <summary>Finds out how much memory a device has left.</summary>
/// <remarks>
/// On a device that shares the processor's memory nothing refuses a buffer that is too large: Linux hands out pages until it kills the
/// process. So the free memory is looked up before a large buffer is made.
/// </remarks>
static class DeviceMemory
{
    /// <summary>From this size in bytes on, the free memory is looked up before a buffer is made.</summary>
    internal const long Large = 1 << 24;

    /// <summary>Bytes that an accelerator has left; <paramref name="live"/> is the size of all buffers that it holds.</summary>
    internal static long Available(Accelerator accelerator, bool isProcessor, long live) => accelerator switch
    {
        CudaAccelerator cuda => cuda.GetFreeMemory(),
        _ when isProcessor => OfHost(),
        _ => Math.Max(0, accelerator.MemorySize - live),
    };

    /// <summary>Bytes that the program can still take of the machine's memory.</summary>
    internal static long OfHost()
    {
        // the limit of a container, or the machine's memory
        long limit = Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);
        const string info = "/proc/meminfo", entry = "MemAvailable:";
        if (!File.Exists(info)) return limit;
        string? line = File.ReadLines(info).FirstOrDefault(l => l.StartsWith(entry, StringComparison.Ordinal));
        if (line is null) return limit;
        string number = line[entry.Length..].Replace("kB", "").Trim();
        return long.TryParse(number, CultureInfo.InvariantCulture, out long kilobytes) ? Math.Min(limit, kilobytes * 1024) : limit;
    }
}
