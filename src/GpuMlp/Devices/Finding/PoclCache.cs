using System.Runtime.InteropServices;

namespace GpuMlp.Devices.Finding;

/// <summary>
/// The folder where PoCL, the OpenCL driver for processors, keeps compiled kernels. Without a writable one it offers no device.
/// </summary>
static class PoclCache
{
    const string Variable = "POCL_CACHE_DIR";

    /// <summary>
    /// Gives PoCL a folder for this process if it has no writable one, as in a container whose home is read-only. PoCL reads the variable
    /// once, when the OpenCL library loads.
    /// </summary>
    public static void Choose()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } || CanHold(Default)) return;
        try
        {
            string folder = Directory.CreateTempSubdirectory("gpumlp-pocl-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete(folder);
            SetEnvironmentVariable(Variable, folder, 1);           // native code does not see variables that .NET sets
            Environment.SetEnvironmentVariable(Variable, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // PoCL then has no folder, which WhyUnusable reports
        }
    }

    /// <summary>What is wrong with the folder that PoCL uses; null if nothing is.</summary>
    public static string? WhyUnusable()
    {
        if (!OperatingSystem.IsLinux()) return null;
        string folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Default;
        return CanHold(folder) ? null : $"PoCL cannot write to {folder}: set {Variable} to a folder where it can";
    }

    // the folder that PoCL chooses by itself
    static string Default =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches ? Path.Combine(caches, "pocl", "kcache")
        : Environment.GetEnvironmentVariable("HOME") is string home ? Path.Combine(home, ".cache", "pocl", "kcache")
        : "/tmp/pocl/kcache";

    // Permissions do not tell for root, or on a read-only file system. So this creates something where the folder is or would be.
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
    static extern int SetEnvironmentVariable(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);
}
