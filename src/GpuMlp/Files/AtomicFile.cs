using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace GpuMlp.Files;

/// <summary>A file that appears under its name whole or not at all: written beside it, flushed to disk, then renamed over it.</summary>
/// <remarks>
/// What goes wrong with the disk (no such folder, no permission, no space) reaches the caller as the
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> that the system raised.
/// </remarks>
public sealed partial class AtomicFile : IDisposable
{
    static readonly ConcurrentDictionary<AtomicFile, bool> open = [];

    const int BufferBytes = 1 << 16;
    readonly string target, temporary;
    readonly FileStream stream;
    bool finished;

    AtomicFile(string path)
    {
        target = Path.GetFullPath(path);
        if (Directory.Exists(target)) throw new IOException($"'{path}' is a folder; a file name is needed.");
        // The random part keeps a temporary left by a killed process of the same id (1, in every container) out of the way.
        string name = $".{Path.GetFileName(target)}.{Environment.ProcessId}-{Path.GetRandomFileName()[..8]}.tmp";
        temporary = Path.Combine(Path.GetDirectoryName(target)!, name);
        stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
        open[this] = true;
    }

    /// <summary>Where to write: buffered and seekable. Leave it open; <see cref="Commit"/> closes it.</summary>
    public Stream Stream => stream;

    /// <summary>Starts a file that will be at <paramref name="path"/> once committed; until then what is there stays as it is.</summary>
    /// <exception cref="IOException">The temporary file cannot be made, or the path is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static AtomicFile Create(string path) => new(path);

    /// <summary>Writes a whole file; when <paramref name="write"/> throws, the target is as it was and nothing is left beside it.</summary>
    /// <exception cref="IOException">The file cannot be made, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using AtomicFile file = Create(path);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>Flushes what was written to disk and renames it over the target.</summary>
    /// <exception cref="InvalidOperationException">The file was committed or disposed before.</exception>
    /// <exception cref="IOException">The disk is full, or the target cannot be replaced; <see cref="Dispose"/> then cleans up.</exception>
    public void Commit()
    {
        if (finished) throw new InvalidOperationException($"'{target}' was committed or disposed before.");
        stream.Flush(flushToDisk: true);
        stream.Dispose();
        File.Move(temporary, target, overwrite: true);
        finished = true;
        open.TryRemove(this, out _);
    }

    /// <summary>Deletes what was written to files that are not committed, of a program that is about to end.</summary>
    public static void Abandon()
    {
        foreach (AtomicFile file in open.Keys) file.Delete();
    }

    /// <summary>A system's message about a temporary file as one about the file that it would have become.</summary>
    public static string Plain(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Temporary().Replace(message, "$1");
    }

    [GeneratedRegex(@"\.([^/\\]+)\.\d+-[a-z0-9.]{8}\.tmp")]
    private static partial Regex Temporary();

    /// <summary>Without a <see cref="Commit"/> before it, deletes what was written.</summary>
    public void Dispose()
    {
        if (finished) return;
        finished = true;
        // Closing flushes, which fails once more on a full disk: the first error is the one to report, so these are not.
        try { stream.Dispose(); }
        catch (IOException) { }
        Delete();
    }

    void Delete()
    {
        open.TryRemove(this, out _);
        try { File.Delete(temporary); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}
