using System.Runtime.InteropServices;
using GpuMlp.Formats;

namespace GpuMlp.Devices.Launching;

/// <summary>Where kernels are kept, and whether that folder can be trusted: its kernels run with the user's rights.</summary>
static class KernelCacheFolder
{
    /// <summary>The environment variable that names another folder, or says "off".</summary>
    internal const string Variable = "GPUMLP_KERNEL_CACHE";

    /// <summary>The prefix of the folders of builds; nothing else in the root folder is ever touched.</summary>
    const string BuildPrefix = "gpumlp-kernels-";

    /// <summary>The suffixes of entries and of files that are still being written.</summary>
    internal const string Entry = ".kernel", Temporary = ".kernel-tmp";

    // enough for a few checkouts or versions that are used in turn
    const int BuildsKept = 8;

    const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder of all builds' caches; null if there is none.</summary>
    /// <param name="variable">Returns the value of an environment variable.</param>
    internal static string? Root(Func<string, string?> variable)
    {
        if (variable(Variable)?.Trim() is { Length: > 0 } named) return named == "off" ? null : Path.GetFullPath(named);
        string? caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Rooted(variable("XDG_CACHE_HOME")) ?? (Rooted(variable("HOME")) is string home ? Path.Combine(home, ".cache") : null);
        return string.IsNullOrEmpty(caches) ? null : Path.Combine(caches, "gpumlp", "kernels");
    }

    // XDG's specification says to ignore a path that is not absolute
    static string? Rooted(string? path) => Path.IsPathRooted(path) ? path : null;

    /// <summary>The folder of one build.</summary>
    internal static string OfBuild(string root, string build) => Path.Combine(root, BuildPrefix + build);

    /// <summary>Makes a build's folder, for this user only; a new folder replaces the oldest.</summary>
    /// <returns>Whether the folder is there and belongs to this user.</returns>
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

    // deletes only files that we made, because the root may be any folder that the user named
    static void Drop(DirectoryInfo old)
    {
        try
        {
            foreach (FileInfo file in old.GetFiles().Where(file => file.Extension is Entry or Temporary)) file.Delete();
            old.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // another process deleted it first, or it is not ours
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

    // Windows: folders in the user's profile belong to the user; for others one would have to read access lists, so they are not used
    static string Profile => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + Path.DirectorySeparatorChar;

    [DllImport("libc", EntryPoint = "geteuid")]
    static extern uint EffectiveUser();
}
