using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace GpuMlp.Cli.Play;

/// <summary>
/// ASP.NET Core, which is beside the runtime where the SDK is installed. The program does not ask for it when it starts, so that every
/// other verb starts as fast as without it, and also where it is missing.
/// </summary>
static class AspNetCore
{
    const string Name = "Microsoft.AspNetCore.App";

    /// <summary>Lets assemblies of ASP.NET Core be loaded from now on.</summary>
    /// <exception cref="IOException">There is none for this runtime.</exception>
    public static void Find()
    {
        string runtime = RuntimeEnvironment.GetRuntimeDirectory(), all = Path.GetFullPath(Path.Combine(runtime, "..", "..", Name));
        string folder = FolderIn(all, Environment.Version) ?? throw new IOException(
            $"play needs ASP.NET Core {Environment.Version.Major}, and {all} does not have it: "
            + "install the .NET SDK, or the ASP.NET Core runtime");
        AssemblyLoadContext.Default.Resolving += (context, assembly) => Load(context, folder, assembly);
    }

    /// <summary>The folder of the runtime's own version, else of the latest one of the same major version; null if there is none.</summary>
    internal static string? FolderIn(string all, Version runtime) => !Directory.Exists(all) ? null
        : Directory.GetDirectories(all).Select(folder => (Folder: folder, Version: VersionOf(folder)))
            .Where(found => found.Version is not null && found.Version.Major == runtime.Major)
            .OrderBy(found => found.Version == runtime).ThenBy(found => found.Version).Select(found => found.Folder).LastOrDefault();

    // a preview's name has a dash and more behind its numbers
    static Version? VersionOf(string folder) =>
        Version.TryParse(Path.GetFileName(folder).Split('-')[0], out Version? version) ? version : null;

    static Assembly? Load(AssemblyLoadContext context, string folder, AssemblyName name)
    {
        string file = Path.Combine(folder, $"{name.Name}.dll");
        return File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
    }
}
