namespace GpuMlp.Tests.Cli.Output;

/// <summary>Everything below a folder, hidden files too.</summary>
static class Tree
{
    static readonly EnumerationOptions everything = new() { AttributesToSkip = 0, RecurseSubdirectories = true };

    /// <summary>The names of all files, relative to the folder, in order; folders only where they are empty.</summary>
    public static string[] Names(string folder) => [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", everything)
        .Where(entry => entry is not DirectoryInfo sub || !sub.EnumerateFileSystemInfos().Any())
        .Select(entry => Path.GetRelativePath(folder, entry.FullName).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>The name and the hash of every file, to be compared.</summary>
    public static string[] Contents(string folder) => [.. Names(folder).Select(name => $"{name} {Hash(Path.Combine(folder, name))}")];

    static string Hash(string file) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
}
