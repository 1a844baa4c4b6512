using System.Runtime.InteropServices;

namespace GpuMlp.Devices.Finding;

/// <summary>Where PoCL, the OpenCL driver for processors, keeps what it compiles: without a folder that it can write to it offers no device.</summary>
static class PoclCache
{
    const string Variable = "POCL_CACHE_DIR";

    /// <summary>
    /// Gives PoCL a folder for this process alone where it has none, as in a container whose home cannot be written to. It reads the variable
    /// once, when the OpenCL library loads.
    /// </summary>
    public static void Choose()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } || CanHold(Default)) return;
        try
        {
            string folder = Directory.CreateTempSubdirectory("gpumlp-pocl-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete(folder);
            SetEnvironmentVariable(Variable, folder, 1);           // .NET's own is not seen by native code
            Environment.SetEnvironmentVariable(Variable, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // then it has none, which is said below
        }
    }

    /// <summary>What is wrong with the folder that PoCL uses; null where nothing is.</summary>
    public static string? WhyUnusable()
    {
        if (!OperatingSystem.IsLinux()) return null;
        string folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Default;
        return CanHold(folder) ? null : $"PoCL cannot write to {folder}: set {Variable} to a folder where it can";
    }

    // as PoCL chooses it
    static string Default => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches ? Path.Combine(caches, "pocl", "kcache")
        : Environment.GetEnvironmentVariable("HOME") is string home ? Path.Combine(home, ".cache", "pocl", "kcache") : "/tmp/pocl/kcache";

    // permissions do not tell, of root or where a file system is read-only; so something is made where the folder is or would be made
    static bool CanHold(string folder)
    {
        try
        {
            string there = Path.GetFullPath(folder);
            while (!Path.Exists(there) && Path.GetDirectoryName(there) is string parent) there = parent;
            string probe = Path.Combine(there, $".{Path.GetRandomFileName()}");
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static void Delete(string folder)
    {
        try { Directory.Delete(folder, recursive: true); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    static extern int SetEnvironmentVariable([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
