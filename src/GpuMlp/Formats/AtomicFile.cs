using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace GpuMlp.Formats;

/// <summary>
/// A file that appears under its name whole or not at all: it is written beside the target, flushed to disk, and renamed.
/// </summary>
/// <remarks>
/// A file that is replaced keeps its permissions. A link stays a link: the file that it leads to is replaced. Errors of the disk (no such
/// folder, no permission, no space) reach the caller as the <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> that the
/// system raised.
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
        RunExclusively(() =>
        {
            stream = Open();
            open.Add(this);
        });
    }

    /// <summary>The stream to write to, buffered and seekable. Leave it open; <see cref="Commit"/> closes it.</summary>
    public Stream Stream => stream;

    /// <summary>
    /// Begins a file that will be at <paramref name="path"/> once it is committed; until then a file that is there stays.
    /// </summary>
    /// <exception cref="IOException">The temporary file cannot be made, or the path is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static AtomicFile Create(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new(path);
    }

    /// <summary>
    /// Writes a whole file. If <paramref name="write"/> throws, the target stays as it was and nothing is left beside it.
    /// </summary>
    /// <exception cref="IOException">The file cannot be made, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using AtomicFile file = Create(path);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>The path that a path leads to, after following its last part as long as that is a link.</summary>
    /// <exception cref="IOException">The links go in a circle.</exception>
    public static string Resolve(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    /// <summary>Gives a file the permissions of the file that it is about to replace, if there is one.</summary>
    public static void KeepPermissions(string replaced, string file)
    {
        ArgumentNullException.ThrowIfNull(replaced);
        ArgumentNullException.ThrowIfNull(file);
        if (!OperatingSystem.IsWindows() && File.Exists(replaced)) File.SetUnixFileMode(file, File.GetUnixFileMode(replaced));
    }

    /// <summary>Flushes the file to disk and renames it to the target.</summary>
    /// <exception cref="InvalidOperationException">The file was committed or disposed before.</exception>
    /// <exception cref="IOException">The disk is full, or the target cannot be replaced; <see cref="Dispose"/> then cleans up.</exception>
    public void Commit()
    {
        if (finished) throw new InvalidOperationException($"'{target}' was committed or disposed before.");
        stream.Flush(flushToDisk: true);
        if (OperatingSystem.IsWindows()) stream.Dispose();              // elsewhere it stays open, and so locked, until it is renamed
        RunExclusively(() =>
        {
            File.Move(temporary, target, overwrite: true);
            finished = true;
            open.Remove(this);
        });
        stream.Dispose();
    }

    /// <summary>Does work on files as one unit: <see cref="Abandon"/> waits for work that has begun, and stops work that has not.</summary>
    public static void RunExclusively(Action work)
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
        Thread.Sleep(Timeout.Infinite);                                 // the program is ending: this thread must not write any more
    }

    /// <summary>Deletes all files that are not committed; for a program that is about to end.</summary>
    /// <remarks>A thread that wants to begin or commit a file afterwards waits until the program ends.</remarks>
    public static void Abandon()
    {
        lock (gate)
        {
            abandoned = true;
            foreach (AtomicFile file in open) file.Delete();
        }
    }

    /// <summary>Flushes the names in a folder to disk, so that a power failure does not undo a renaming; on Linux only.</summary>
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

    /// <summary>Deletes unfinished versions of a file that killed programs left; versions that are still being written stay.</summary>
    public static void Clear(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string target = Resolve(path), name = Short(Path.GetFileName(target));
        Clear(Path.GetDirectoryName(target)!, name.Equals);
    }

    /// <summary>
    /// Deletes unfinished files of certain names that killed programs left in a folder; files that are still being written stay.
    /// </summary>
    /// <returns>Whether there were any.</returns>
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
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }      // still being written, or not ours
        }
        return any;
    }

    /// <summary>The message of a system error with the name of a temporary file replaced by that of its target.</summary>
    public static string Plain(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Temporary().Replace(message, "$1");
    }

    // The process id shows which files a killed process left. The random part avoids clashes between processes of one id, such as 1 in
    // every container.
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
                // before it was locked, a program that clears such files may have deleted it
                if (File.Exists(temporary))
                {
                    KeepPermissions(target, temporary);                 // restores bits that the process's mask removed
                    return made;
                }
                made.Dispose();
            }
            catch (IOException e) when (left > 0 && e is not DirectoryNotFoundException) { }
        }
    }

    // shortens a name so that the temporary file's longer name is not too long for the system
    static string Short(string name)
    {
        while (Encoding.UTF8.GetByteCount(name) > MostNameBytes) name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        return name;
    }

    /// <summary>Deletes the file unless it was committed.</summary>
    public void Dispose()
    {
        if (finished) return;
        finished = true;
        // Closing flushes, which fails again on a full disk. The first error is the one to report, so this one is ignored.
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
