using System.Runtime.InteropServices;
using GpuMlp.Formats;

namespace GpuMlp.Devices.Launching;

/// <summary>Where kernels are kept, and whether that place can be trusted: a kernel from it runs with the user's rights.</summary>
static class KernelCacheFolder
{
    /// <summary>The environment variable that names another folder, or is "off".</summary>
    internal const string Variable = "GPUMLP_KERNEL_CACHE";

    /// <summary>How the folders of the builds begin; nothing else in the root is ever touched.</summary>
    const string BuildPrefix = "gpumlp-kernels-";

    /// <summary>How the names of entries and of what is being written end.</summary>
    internal const string Entry = ".kernel", Temporary = ".kernel-tmp";

    // of several checkouts or versions used in turn each keeps its kernels
    const int BuildsKept = 8;

    const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder of all builds' caches; null if there is none.</summary>
    /// <param name="variable">Looks an environment variable up.</param>
    internal static string? Root(Func<string, string?> variable)
    {
        if (variable(Variable)?.Trim() is { Length: > 0 } named) return named == "off" ? null : Path.GetFullPath(named);
        string? caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Rooted(variable("XDG_CACHE_HOME")) ?? (Rooted(variable("HOME")) is string home ? Path.Combine(home, ".cache") : null);
        return string.IsNullOrEmpty(caches) ? null : Path.Combine(caches, "gpumlp", "kernels");
    }

    // a path that is not absolute does not count, says XDG's specification
    static string? Rooted(string? path) => Path.IsPathRooted(path) ? path : null;

    /// <summary>The folder of one build.</summary>
    internal static string OfBuild(string root, string build) => Path.Combine(root, BuildPrefix + build);

    /// <summary>Makes a build's folder, for nobody but this user; a new one takes the place of the oldest.</summary>
    /// <returns>Whether it is there and ours.</returns>
    internal static bool Make(string folder)
    {
        if (!Directory.Exists(folder))
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, Ours);
            DropOldest(folder);
        }
        return IsOurs(folder);
    }

    static void DropOldest(string folder)
    {
        var others = new DirectoryInfo(Path.GetDirectoryName(folder)!).GetDirectories($"{BuildPrefix}*")
            .Where(other => other.FullName != folder && other.LinkTarget is null).OrderByDescending(other => other.LastWriteTimeUtc);
        foreach (DirectoryInfo old in others.Skip(BuildsKept - 1)) Drop(old);
    }

    // the root may be any folder that the user named: only what was made here goes
    static void Drop(DirectoryInfo old)
    {
        try
        {
            foreach (FileInfo file in old.GetFiles().Where(file => file.Extension is Entry or Temporary)) file.Delete();
            old.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // another process was faster, or it is not ours
        }
    }

    /// <summary>Whether a folder belongs to this user and nobody else may write to it.</summary>
    internal static bool IsOurs(string folder)
    {
        if (OperatingSystem.IsWindows()) return folder.StartsWith(Profile, StringComparison.OrdinalIgnoreCase);
        if ((File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0) return false;
        if (OperatingSystem.IsLinux()) return FileStatus.Of(folder)?.Owner == EffectiveUser();
        File.SetUnixFileMode(folder, Ours);                            // throws for everybody but the owner
        return true;
    }

    // what is below it is the user's; another folder would take a look at access lists, and is not used
    static string Profile => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + Path.DirectorySeparatorChar;

    [DllImport("libc", EntryPoint = "geteuid")]
    static extern uint EffectiveUser();
}
