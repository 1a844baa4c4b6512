using GpuMlp.Cli.Input;

namespace GpuMlp.Cli.Output;

/// <summary>Holds a folder for one process. The operating system releases it when the process ends, however it ends.</summary>
/// <remarks>What counts is the lock on the open file, not the file's presence: a file that a dead process left is taken over.</remarks>
sealed class FolderLock : IDisposable
{
    /// <summary>The name of the locked file. It is deleted with the lock, unless it holds a <see cref="Note"/>.</summary>
    public const string Name = ".gpumlp.lock";

    // a process that only looks into the folder, and refuses it, holds the lock for some milliseconds
    const int Attempts = 20, Wait = 10;

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows
    static readonly int[] taken = [11, 35, unchecked((int)0x80070020)];

    readonly string path;
    readonly FileStream file;
    readonly List<string> made;                                    // the outermost first
    bool stays;

    FolderLock(string path, FileStream file, List<string> made)
    {
        (this.path, this.file, this.made) = (path, file, made);
        Noted = new StreamReader(file).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        stays = Noted.Count > 0;
        if (!stays) Write("\n");                                   // so that there is room for a note when the disk is full
    }

    /// <summary>The names of files that an earlier process left, as it noted them in the lock's file.</summary>
    public IReadOnlyList<string> Noted { get; }

    /// <summary>Notes names for the process that takes the folder next. The file stays as long as it holds names.</summary>
    public void Note(IEnumerable<string> names)
    {
        string text = string.Concat(names.Select(name => $"{name}\n"));
        stays = Write(text) && text.Length > 0;
    }

    bool Write(string text)
    {
        try
        {
            file.Position = 0;
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.SetLength(file.Position);
            file.Flush();
            return true;
        }
        catch (IOException) { return false; }
    }

    /// <summary>Takes a folder, and creates it where it is missing.</summary>
    /// <param name="folder">Its full path.</param>
    /// <returns>Null if another process holds it.</returns>
    /// <exception cref="IOException">It cannot be made or written to.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made or written to.</exception>
    public static FolderLock? Take(string folder)
    {
        string path = Path.Combine(folder, Name);
        var made = new List<string>();
        try
        {
            for (int left = Attempts; left > 0; left--)
            {
                try
                {
                    Make(folder, made);
                    var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                    if (IsAt(path, file)) return new FolderLock(path, file, made);
                    file.Dispose();
                }
                catch (IOException e) when (left > 1 || taken.Contains(e.HResult)) { }      // taken, or its holder just removed the folder
                Thread.Sleep(Wait);
            }
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(made);
            throw;
        }
    }

    static void Make(string folder, List<string> made)
    {
        int at = made.Count;
        for (string? missing = folder; missing is not null && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing))
            made.Insert(at, missing);
        Directory.CreateDirectory(folder);
    }

    // The process that held the file may have deleted it between our opening and our locking: then others find another file at the path.
    // A random time of last writing tells the two apart, in steps of two seconds: some file systems store no finer time.
    static bool IsAt(string path, FileStream file)
    {
        int random = Path.GetRandomFileName().GetHashCode(StringComparison.Ordinal);
        DateTime own = new DateTime(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(2 * (random & 0x1FFFFFFF));
        File.SetLastWriteTimeUtc(file.SafeFileHandle, own);
        return File.GetLastWriteTimeUtc(path) == own;
    }

    /// <summary>Releases the folder, and removes those folders that were made for it and are still empty.</summary>
    public void Dispose()
    {
        try
        {
            if (!stays && !OperatingSystem.IsWindows()) File.Delete(path);    // before the release: later it may be another holder's
            file.Dispose();
            if (!stays && OperatingSystem.IsWindows()) File.Delete(path);     // Windows deletes no open file, so no other holder's
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        Remove(made);
    }

    static void Remove(List<string> made)
    {
        try
        {
            foreach (string folder in Enumerable.Reverse(made))
                if (Directory.Exists(folder)) Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }      // not empty, as after most runs
    }
}
