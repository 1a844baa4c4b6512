namespace GpuMlp.Tests.Support;

/// <summary>A temporary folder for one test, deleted at its end.</summary>
sealed class ScratchFolder : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gpumlp-");

    /// <summary>The folder itself.</summary>
    public string Path => folder.FullName;

    public string File(string name) => System.IO.Path.Combine(folder.FullName, name);

    /// <summary>The names of everything in the folder, hidden files too.</summary>
    public IEnumerable<string> Names =>
        folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }).Select(f => f.Name).Order();

    public void Dispose() => folder.Delete(recursive: true);
}
