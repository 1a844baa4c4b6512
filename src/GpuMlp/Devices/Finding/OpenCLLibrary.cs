using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Finding;

/// <summary>Loads the OpenCL library where only its runtime package is installed, and accepts drivers that ILGPU would leave out.</summary>
static class OpenCLLibrary
{
    const string HowToGet =
        "install your GPU's driver, or for a CPU on Debian: apt-get install pocl-opencl-icd ocl-icd-libopencl1 binutils";

    const string EntryPoint = "clGetPlatformIDs";

    static readonly Lock once = new();
    static bool hooked;

    /// <summary>What is missing for OpenCL, and how to get it; null if the OpenCL library is there.</summary>
    internal static string? WhyMissing()
    {
        Hook();
        nint library = Load();
        if (library != 0 && NativeLibrary.TryGetExport(library, EntryPoint, out _)) return null;
        // if the file is there, report what the loader says about it
        string? broken = library != 0 ? $"it has no {EntryPoint}" : SharedLibrary.Complaint(Names[0]);
        return broken is null || SharedLibrary.IsAbsence(broken, Names[0])
            ? $"no OpenCL library ({Names[0]}): {HowToGet}"
            : $"the OpenCL library {Names[0]} does not load ({broken}): {HowToGet}";
    }

    /// <summary>
    /// Why an installed library lists no devices: a vendor file names a driver that does not load, or there is no driver.
    /// </summary>
    internal static string WhyEmpty()
    {
        string folder = Environment.GetEnvironmentVariable("OCL_ICD_VENDORS") is { Length: > 0 } named ? named : "/etc/OpenCL/vendors";
        if (!OperatingSystem.IsLinux()) return $"the OpenCL library lists no device: {HowToGet}";
        if (!Directory.Exists(folder)) return $"the OpenCL library lists no device ({folder} is no folder that names drivers): {HowToGet}";
        foreach (string file in Directory.GetFiles(folder, "*.icd").Order(StringComparer.Ordinal))
        {
            string driver = File.ReadLines(file).FirstOrDefault("").Trim();
            if (driver.Length == 0) return $"{file} names no OpenCL driver: {HowToGet}";
            if (SharedLibrary.Complaint(driver) is string broken)
                return $"the OpenCL driver '{driver}' that {file} names does not load ({broken}): install it again, or {HowToGet}";
        }
        string cache = PoclCache.WhyUnusable() is string why ? $"; {why}" : "";
        return $"the OpenCL library lists no device (drivers named in {folder}{cache}): {HowToGet}";
    }

    static nint Load()
    {
        foreach (string name in Names)
            if (NativeLibrary.TryLoad(name, out nint handle)) return handle;
        return 0;
    }

    static string[] Names => OperatingSystem.IsWindows() ? ["OpenCL.dll"] : OperatingSystem.IsMacOS()
        ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"] : ["libOpenCL.so.1", "libOpenCL.so"];

    // ILGPU loads "OpenCL", a name that only the development package provides on Linux
    static void Hook()
    {
        lock (once)
        {
            if (hooked) return;
            hooked = true;
            PoclCache.Choose();
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
                name.Contains("OpenCL", StringComparison.Ordinal) ? Load() : 0;
        }
    }

    /// <summary>
    /// Marks a device as one with a generic address space, which ILGPU demands and our kernels never use. Returns whether the device itself
    /// reports none.
    /// </summary>
    internal static bool Accept(CLDevice device)
    {
        if (device.Capabilities.GenericAddressSpace) return false;
        PropertyInfo property = typeof(CLCapabilityContext).GetProperty(nameof(CLCapabilityContext.GenericAddressSpace))!;
        property.SetValue(device.Capabilities, true);              // the setter is not public
        return true;
    }

    internal static string Note(CLDevice device, bool overridden) =>
        $"{device.PlatformName?.Trim()}, OpenCL C {device.CVersion.Major}.{device.CVersion.Minor}" +
        (overridden ? "; reports no generic address space, which the kernels do not use" : "");
}
