using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace GpuMlp.Devices.Finding;

/// <summary>Loads NVIDIA's driver where only its runtime library is installed, and asks it why ILGPU finds no card.</summary>
static unsafe class CudaLibrary
{
    const string LeastForIlgpu = "it takes CUDA 11.0 and compute capability 3.0 at least: install a newer driver";
    const int NoDevice = 100, CapabilityMajor = 75, CapabilityMinor = 76;

    static readonly Lock once = new();
    static bool hooked;

    static string Name => OperatingSystem.IsWindows() ? "nvcuda" : "libcuda.so.1";

    /// <summary>What is missing for NVIDIA's driver; null if it is there.</summary>
    internal static string? WhyMissing()
    {
        Hook();
        return SharedLibrary.Complaint(Name) is not string complaint ? null
            : SharedLibrary.IsAbsence(complaint, Name) ? $"the NVIDIA driver ({Name}) is not installed"
            : $"the NVIDIA driver's library {Name} does not load ({complaint}): install the driver again";
    }

    /// <summary>Why an installed driver has no card for ILGPU: it does not start, finds no card, or it or the card is too old.</summary>
    internal static string WhyEmpty()
    {
        nint library = NativeLibrary.Load(Name);
        try
        {
            if (!NativeLibrary.TryGetExport(library, "cuInit", out nint initialize))
                return $"{Name} has no cuInit: install the NVIDIA driver again";
            int result = ((delegate* unmanaged<uint, int>)initialize)(0);
            if (result == NoDevice) return DeviceCatalog.NoGpu;
            if (result != 0) return $"the NVIDIA driver does not start: {Words(library, result)}";
            int count = 0;
            result = ((delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDeviceGetCount"))(&count);
            if (result != 0 || count == 0) return DeviceCatalog.NoGpu;
            string version = $"CUDA {Version(library)}, compute capability {Capability(library)}";
            return $"ILGPU does not take the driver's GPU ({version}): {LeastForIlgpu}";
        }
        catch (EntryPointNotFoundException e)
        {
            return $"{Name} is no NVIDIA driver ({e.Message})";
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    static string Words(nint library, int result)
    {
        nint words = 0;
        bool known = NativeLibrary.TryGetExport(library, "cuGetErrorString", out nint function)
            && ((delegate* unmanaged<int, nint*, int>)function)(result, &words) == 0 && words != 0;
        string code = string.Create(CultureInfo.InvariantCulture, $"error {result}");
        return known ? $"{Marshal.PtrToStringUTF8(words)} ({code})" : code;
    }

    static string Version(nint library)
    {
        int version = 0;
        ((delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDriverGetVersion"))(&version);
        return string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");
    }

    static string Capability(nint library) => string.Create(CultureInfo.InvariantCulture,
        $"{Attribute(library, CapabilityMajor)}.{Attribute(library, CapabilityMinor)}");

    static int Attribute(nint library, int attribute)
    {
        int value = 0;
        ((delegate* unmanaged<int*, int, int, int>)NativeLibrary.GetExport(library, "cuDeviceGetAttribute"))(&value, attribute, 0);
        return value;
    }

    // ILGPU loads "cuda", which is libcuda.so; some installations have libcuda.so.1 without that link
    static void Hook()
    {
        lock (once)
        {
            if (hooked) return;
            hooked = true;
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
                name == "cuda" && NativeLibrary.TryLoad(Name, out nint handle) ? handle : 0;
        }
    }
}
