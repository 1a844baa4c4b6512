using GpuMlp.Cli.Input;

namespace GpuMlp.Cli.Output;

/// <summary>A folder that one process holds: the system lets go of it when the process ends, however it ends.</summary>
/// <remarks>What counts is the lock on the open file, never that the file is there: one that a dead process left is taken over.</remarks>
sealed class FolderLock : IDisposable
{
    /// <summary>The file that is locked, gone with the lock but for a <see cref="Note"/>.</summary>
    public const string Name = ".gpumlp.lock";

    // one who only looks into the folder, and refuses it, holds it for some milliseconds
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

    /// <summary>What the one before noted in the file: the names of what it left.</summary>
    public IReadOnlyList<string> Noted { get; }

    /// <summary>Notes names for whoever takes the folder next; the file stays for as long as there are any.</summary>
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

    /// <summary>Takes a folder, which is made where it is not there.</summary>
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
                catch (IOException e) when (left > 1 || taken.Contains(e.HResult)) { }      // taken, or the folder went with the one before
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

    // What was opened may have been deleted before it was locked, by the one who held it, and then is not what others find at the path.
    // A time of its own tells, in whole pairs of seconds: there are file systems that count so.
    static bool IsAt(string path, FileStream file)
    {
        int random = Path.GetRandomFileName().GetHashCode(StringComparison.Ordinal);
        DateTime own = new DateTime(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(2 * (random & 0x1FFFFFFF));
        File.SetLastWriteTimeUtc(file.SafeFileHandle, own);
        return File.GetLastWriteTimeUtc(path) == own;
    }

    /// <summary>Lets go of the folder, and removes those that were made for it and are still empty.</summary>
    public void Dispose()
    {
        try
        {
            if (!stays && !OperatingSystem.IsWindows()) File.Delete(path);    // while it is held, so that it is nobody else's
            file.Dispose();
            if (!stays && OperatingSystem.IsWindows()) File.Delete(path);     // an open file cannot be deleted there, nor one that the next holds
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }      // not empty: that is the usual end
    }
}
