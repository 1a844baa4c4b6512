using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ILGPU;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices;

/// <summary>Loads the OpenCL library where only its runtime package is installed, and admits drivers that ILGPU would leave out.</summary>
static class OpenCLLibrary
{
    static readonly Lock Once = new();
    static bool hooked;

    /// <summary>Null if OpenCL can be used, else what is missing and how to get it.</summary>
    internal static string? WhyMissing()
    {
        Hook();
        return Load() != 0 ? null : "no OpenCL library (libOpenCL.so.1): install your GPU's driver, or for a CPU Debian's pocl-opencl-icd";
    }

    static nint Load()
    {
        foreach (string name in Names)
            if (NativeLibrary.TryLoad(name, out nint handle)) return handle;
        return 0;
    }

    static string[] Names => OperatingSystem.IsWindows() ? ["OpenCL.dll"] : OperatingSystem.IsMacOS()
        ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"] : ["libOpenCL.so.1", "libOpenCL.so"];

    // ILGPU asks for "OpenCL", which only the development package provides on Linux
    static void Hook()
    {
        lock (Once)
        {
            if (hooked) return;
            hooked = true;
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name.Contains("OpenCL", StringComparison.Ordinal) ? Load() : 0;
        }
    }

    /// <summary>
    /// Marks the device as one with a generic address space, which ILGPU demands and our kernels never use; true if that was an override.
    /// </summary>
    internal static bool Accept(CLDevice device)
    {
        if (device.Capabilities.GenericAddressSpace) return false;
        PropertyInfo property = typeof(CLCapabilityContext).GetProperty(nameof(CLCapabilityContext.GenericAddressSpace))!;
        property.SetValue(device.Capabilities, true);              // its setter is not public
        return true;
    }

    internal static string Note(CLDevice device, bool overridden) =>
        $"{device.PlatformName?.Trim()}, OpenCL C {device.CVersion}" +
        (overridden ? "; reports no generic address space, which the kernels do not use" : "");
}
