using GpuMlp.Cli.Shell;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Output;

/// <summary>A single file that a verb writes, or the standard output.</summary>
static class OutputFile
{
    /// <summary>Checks that a file can be written, before the work.</summary>
    /// <param name="path">The file.</param>
    /// <param name="force">Whether a file that is there may be replaced.</param>
    /// <param name="read">Files that the work reads, which it never replaces.</param>
    /// <exception cref="UsageException">It is there already and may not be replaced, or it cannot be there.</exception>
    public static void Check(string? path, bool force, params string[] read)
    {
        if (path is null) throw new UsageException("--out FILE is needed");
        if (path == "-") return;
        if (Directory.Exists(path)) throw UsageException.For("out", path, "is a folder; a file is needed");
        if (read.Any(other => IsSame(other, path)))
            throw UsageException.For("out", path, "is a file that this command reads; name another");
        if (File.Exists(path) && !force)
            throw UsageException.For("out", path, "is there already; name another file, or replace it with --force");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is string folder && !Directory.Exists(folder))
            throw UsageException.For("out", path, $"there is no folder {folder}");
    }

    /// <summary>Whether two paths lead to one file that is there.</summary>
    public static bool IsSame(string one, string other) => File.Exists(one) && File.Exists(other) && Real(one) == Real(other);

    // links lead to the same file
    static string Real(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    /// <summary>Writes a file, which is there only once it is whole, or to the standard output.</summary>
    /// <exception cref="UsageException">The file cannot be created.</exception>
    /// <exception cref="IOException">It cannot be written to its end.</exception>
    public static void Write(string path, Action<Stream> fill)
    {
        if (path == "-")
        {
            // what is wrong with the rows is no fault of the output
            UsageException? wrong = null;
            StandardStreams.Write(() =>
            {
                using Stream stdout = Console.OpenStandardOutput();
                try { fill(stdout); }
                catch (UsageException e) { wrong = e; }
            });
            if (wrong is not null) throw wrong;
            return;
        }
        AtomicFile file;
        try
        {
            file = AtomicFile.Create(path);
            AtomicFile.Clear(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UsageException.For("out", path, $"cannot write there: {AtomicFile.Plain(e.Message)}", e);
        }
        using (file)
        {
            fill(file.Stream);
            file.Commit();
        }
    }
}
