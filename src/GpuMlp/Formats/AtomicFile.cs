using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace GpuMlp.Formats;

/// <summary>A file that appears under its name whole or not at all: written beside it, flushed to disk, then renamed over it.</summary>
/// <remarks>
/// A file that is replaced keeps its permissions, and a link stays a link: what it leads to is replaced. What goes wrong with the disk (no
/// such folder, no permission, no space) reaches the caller as the <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>
/// that the system raised.
/// </remarks>
public sealed partial class AtomicFile : IDisposable
{
    const int BufferBytes = 1 << 16, MostNameBytes = 100, Attempts = 3;

    static readonly Lock gate = new();
    static readonly HashSet<AtomicFile> open = [];
    static bool abandoned;

    readonly string target;
    string temporary = "";
    FileStream stream = null!;
    bool finished;

    AtomicFile(string path)
    {
        target = Resolve(path);
        if (Directory.Exists(target)) throw new IOException($"'{path}' is a folder; a file name is needed.");
        if (Path.GetDirectoryName(target) == "/dev") throw new IOException($"'{path}' is a device, which a file would replace.");
        Together(() =>
        {
            stream = Open();
            open.Add(this);
        });
    }

    /// <summary>Where to write: buffered and seekable. Leave it open; <see cref="Commit"/> closes it.</summary>
    public Stream Stream => stream;

    /// <summary>Starts a file that will be at <paramref name="path"/> once committed; until then what is there stays as it is.</summary>
    /// <exception cref="IOException">The temporary file cannot be made, or the path is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static AtomicFile Create(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new(path);
    }

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

    /// <summary>Where a path leads once its last part is followed as far as it is a link.</summary>
    /// <exception cref="IOException">The links go in a circle.</exception>
    public static string Resolve(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    /// <summary>Gives a file the permissions of one that it is about to replace, where there is one.</summary>
    public static void KeepPermissions(string replaced, string file)
    {
        ArgumentNullException.ThrowIfNull(replaced);
        ArgumentNullException.ThrowIfNull(file);
        if (!OperatingSystem.IsWindows() && File.Exists(replaced)) File.SetUnixFileMode(file, File.GetUnixFileMode(replaced));
    }

    /// <summary>Flushes what was written to disk and renames it over the target.</summary>
    /// <exception cref="InvalidOperationException">The file was committed or disposed before.</exception>
    /// <exception cref="IOException">The disk is full, or the target cannot be replaced; <see cref="Dispose"/> then cleans up.</exception>
    public void Commit()
    {
        if (finished) throw new InvalidOperationException($"'{target}' was committed or disposed before.");
        stream.Flush(flushToDisk: true);
        if (OperatingSystem.IsWindows()) stream.Dispose();              // elsewhere it stays open, and so locked, until it has its name
        Together(() =>
        {
            File.Move(temporary, target, overwrite: true);
            finished = true;
            open.Remove(this);
        });
        stream.Dispose();
    }

    /// <summary>Does work on files that <see cref="Abandon"/> either waits for or keeps from beginning.</summary>
    public static void Together(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (gate)
        {
            if (!abandoned)
            {
                work();
                return;
            }
        }
        Thread.Sleep(Timeout.Infinite);                                 // the program ends: nothing more is written, nor said about it
    }

    /// <summary>Deletes what was written to files that are not committed, of a program that is about to end.</summary>
    /// <remarks>A thread that then wants to begin or commit a file waits for that end.</remarks>
    public static void Abandon()
    {
        lock (gate)
        {
            abandoned = true;
            foreach (AtomicFile file in open) file.Delete();
        }
    }

    /// <summary>Has a folder's names put on the disk, so that a loss of power does not undo a renaming; on Linux only.</summary>
    public static void FlushFolder(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!OperatingSystem.IsLinux() || OpenFolder(folder, 0) is not (>= 0 and int handle)) return;
        Flush(handle);
        Close(handle);
    }

    [DllImport("libc", EntryPoint = "open")]
    static extern int OpenFolder([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    static extern int Flush(int handle);

    [DllImport("libc", EntryPoint = "close")]
    static extern int Close(int handle);

    /// <summary>Deletes what killed programs left of a file that they began to write; what a program still writes stays.</summary>
    public static void Clear(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string target = Resolve(path), name = Short(Path.GetFileName(target));
        Clear(Path.GetDirectoryName(target)!, name.Equals);
    }

    /// <summary>Deletes what killed programs left in a folder of files with certain names; what a program still writes stays.</summary>
    /// <returns>Whether there was any.</returns>
    public static bool Clear(string folder, Func<string, bool> wanted)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(wanted);
        bool any = false;
        var hiddenToo = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true };
        foreach (string path in Directory.GetFiles(folder, ".*.tmp", hiddenToo))
        {
            Match match = Temporary().Match(Path.GetFileName(path));
            if (match.Length != Path.GetFileName(path).Length || !wanted(match.Groups[1].Value)) continue;
            try
            {
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
                any = true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }      // being written, or not ours to delete
        }
        return any;
    }

    /// <summary>A system's message about a temporary file as one about the file that it would have become.</summary>
    public static string Plain(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Temporary().Replace(message, "$1");
    }

    // what a killed process left is recognized, and the random part keeps it out of the way of one with the same id (1, in every container)
    [GeneratedRegex(@"\.([^/\\]+)\.\d+-[a-z0-9]{8}\.tmp")]
    private static partial Regex Temporary();

    FileStream Open()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = BufferBytes };
        options.Share = FileShare.None;
        if (!OperatingSystem.IsWindows() && File.Exists(target)) options.UnixCreateMode = File.GetUnixFileMode(target);
        for (int left = Attempts; ; left--)
        {
            string name = $".{Short(Path.GetFileName(target))}.{Environment.ProcessId}-{Path.GetRandomFileName()[..8]}.tmp";
            temporary = Path.Combine(Path.GetDirectoryName(target)!, name);
            try
            {
                var made = new FileStream(temporary, options);
                // between its making and its locking, one who clears what killed programs left may have taken it for such
                if (File.Exists(temporary))
                {
                    KeepPermissions(target, temporary);                 // what the process's mask took away at the making
                    return made;
                }
                made.Dispose();
            }
            catch (IOException e) when (left > 0 && e is not DirectoryNotFoundException) { }
        }
    }

    // a name may be as long as the system lets names be, so the temporary's must not be longer
    static string Short(string name)
    {
        while (Encoding.UTF8.GetByteCount(name) > MostNameBytes) name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        return name;
    }

    /// <summary>Without a <see cref="Commit"/> before it, deletes what was written.</summary>
    public void Dispose()
    {
        if (finished) return;
        finished = true;
        // Closing flushes, which fails once more on a full disk: the first error is the one to report, so these are not.
        try { stream.Dispose(); }
        catch (IOException) { }
        lock (gate)
        {
            open.Remove(this);
            Delete();
        }
    }

    void Delete()
    {
        try { File.Delete(temporary); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}
