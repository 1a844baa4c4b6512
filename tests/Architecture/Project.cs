namespace GpuMlp.Tests.Architecture;

/// <summary>The project's compiled assemblies, read once, and its source tree.</summary>
static class Project
{
    static readonly Lazy<IReadOnlyList<TypeUse>> kernels = Assembly("GpuMlp.Kernels");
    static readonly Lazy<IReadOnlyList<TypeUse>> library = Assembly("GpuMlp");
    static readonly Lazy<IReadOnlyList<TypeUse>> plotting = Assembly("GpuMlp.Plotting");
    static readonly Lazy<IReadOnlyList<TypeUse>> cli = Assembly("GpuMlp.Cli");
    static readonly Lazy<IReadOnlyList<TypeUse>> tests = Assembly("GpuMlp.Tests");

    public static IReadOnlyList<TypeUse> Kernels => kernels.Value;

    public static IReadOnlyList<TypeUse> Library => library.Value;

    public static IReadOnlyList<TypeUse> Plotting => plotting.Value;

    public static IReadOnlyList<TypeUse> Cli => cli.Value;

    public static IReadOnlyList<TypeUse> Tests => tests.Value;

    /// <summary>The folder that holds GpuMlp.sln.</summary>
    public static DirectoryInfo Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "GpuMlp.sln"))) return folder;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds GpuMlp.sln.");
    }

    static Lazy<IReadOnlyList<TypeUse>> Assembly(string name) =>
        new(() => IlReader.Read(Path.Combine(AppContext.BaseDirectory, $"{name}.dll")));
}
