namespace GpuMlp.Cli;

/// <summary>The folder that a run writes into: proved to be writable before the work begins, gone again if nothing was written.</summary>
sealed class OutputFolder : IDisposable
{
    readonly List<string> made = [];                               // the outermost first

    OutputFolder(string path) => Path = path;

    /// <summary>The folder as the user named it.</summary>
    public string Path { get; }

    /// <summary>Where a file of that name goes.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the folder, or takes one that is empty, or one that is not with <paramref name="force"/>.</summary>
    /// <exception cref="UsageException">It is a file, has something in it, or cannot be made or written to.</exception>
    public static OutputFolder Prepare(string path, bool force)
    {
        var folder = new OutputFolder(path);
        try
        {
            if (path.Length == 0) throw UsageException.For("out", path, "a folder is needed");
            string full = System.IO.Path.GetFullPath(path);
            if (File.Exists(full)) throw UsageException.For("out", path, "is a file; a folder is needed");
            if (!force && Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any())
                throw UsageException.For("out", path, "the folder is not empty; name another, or replace a run in it with --force");
            for (string? missing = full; missing is not null && !Directory.Exists(missing); missing = System.IO.Path.GetDirectoryName(missing))
                folder.made.Insert(0, missing);
            Directory.CreateDirectory(full);
            string probe = System.IO.Path.Combine(full, $".{System.IO.Path.GetRandomFileName()}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose)) { }
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            folder.Dispose();
            throw UsageException.For("out", path, $"cannot write there: {e.Message}", e);
        }
    }

    /// <summary>Deletes files that an earlier run left, so that none of them stands beside this run's as if it were its own.</summary>
    public void Delete(params ReadOnlySpan<string> patterns)
    {
        foreach (string pattern in patterns)
        {
            string folder = this[System.IO.Path.GetDirectoryName(pattern)!];
            if (Directory.Exists(folder))
                foreach (string file in Directory.GetFiles(folder, System.IO.Path.GetFileName(pattern))) File.Delete(file);
        }
    }

    /// <summary>Removes the folders that were made here and are still empty.</summary>
    public void Dispose()
    {
        try
        {
            foreach (string folder in Enumerable.Reverse(made))
                if (Directory.Exists(folder)) Directory.Delete(folder);
        }
        catch (IOException) { }                                    // not empty: that is the usual end
    }
}
