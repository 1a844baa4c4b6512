using System.Globalization;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;
using IoPath = System.IO.Path;

namespace GpuMlp.Cli.Output;

/// <summary>The folder that a run writes into. The run holds it from before the work begins, so that no other run uses it.</summary>
/// <remarks>
/// New files wait in a hidden folder inside it until all are written. Only then do they replace an earlier run's files, so a run that
/// fails leaves those as they were.
/// </remarks>
sealed class OutputFolder : IDisposable
{
    const string Waiting = ".gpumlp-new";

    readonly Lock gate = new();
    readonly string full;
    readonly string record;
    readonly FolderLock held;
    RunFiles earlier;
    bool moving, ended;

    OutputFolder(string path, string full, string record, FolderLock held)
    {
        (Path, this.full, this.record, this.held) = (path, full, record, held);
        New = IoPath.Combine(full, Waiting);
        earlier = new RunFiles(full, record, held.Noted);
    }

    /// <summary>The folder as the user named it.</summary>
    public string Path { get; }

    /// <summary>The folder's full path: checkpoints are written there at once.</summary>
    public string Full => full;

    /// <summary>Whether this run writes checkpoints, which then are its own.</summary>
    public bool HasCheckpoint { get; set; }

    /// <summary>Where this run's files wait.</summary>
    public string New { get; }

    /// <summary>The path at which this run writes a file of that name.</summary>
    public string this[string name] => IoPath.Combine(New, name);

    /// <summary>Holds a new folder, runs/WHAT-TIME, where the user names none.</summary>
    /// <param name="what">What the run is about.</param>
    /// <param name="outputs">What it may write.</param>
    public static OutputFolder ClaimNew(string what, params string[] outputs)
    {
        string path = IoPath.Combine("runs", $"{what}-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
        try { return Claim(path, false, outputs); }
        catch (UsageException) when (Directory.Exists(path)) { return Claim($"{path}-{Environment.ProcessId}", false, outputs); }
    }

    /// <summary>
    /// Holds a folder: a new or empty one, or any with <paramref name="force"/>. Files of runs that were killed are taken over.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="force">Whether an earlier run in it is to be replaced.</param>
    /// <param name="outputs">What the run may write, its record among it.</param>
    /// <exception cref="UsageException">
    /// Another run holds the folder; or it is a file, is not empty, cannot be created or written to; or a file that is no earlier run's
    /// lies where an output goes.
    /// </exception>
    public static OutputFolder Claim(string path, bool force, params string[] outputs) => Claim(path, force, outputs, []);

    /// <inheritdoc cref="Claim(string, bool, string[])"/>
    /// <param name="path">The folder.</param>
    /// <param name="force">Whether an earlier run in it is to be replaced.</param>
    /// <param name="outputs">What the run may write.</param>
    /// <param name="beside">Files that may be there, and stay.</param>
    public static OutputFolder Claim(string path, bool force, string[] outputs, string[] beside)
    {
        try
        {
            if (path.Length == 0) throw UsageException.For("out", path, "a folder is needed");
            string full = IoPath.GetFullPath(path);
            if (File.Exists(full)) throw UsageException.For("out", path, "is a file; a folder is needed");
            FolderLock held = FolderLock.Take(full)
                ?? throw UsageException.For("out", path, "is in use: another run of gpumlp writes into it; name another");
            OutputFolder? folder = null;
            try
            {
                string record = outputs.Contains(RunFiles.Comparison) ? RunFiles.Comparison : RunFiles.Record;
                folder = new OutputFolder(path, full, record, held);
                folder.TakeOver();
                if (!force && folder.HasContent(beside))
                    throw UsageException.For("out", path, "the folder is not empty; name another, or replace a run in it with --force");
                foreach (string name in outputs) folder.Check(name);
                Directory.CreateDirectory(folder.New);
                return folder;
            }
            catch
            {
                if (folder is null) held.Dispose();
                else folder.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw UsageException.For("out", path, $"cannot write there: {Plain(e.Message)}", e);
        }
    }

    /// <summary>Rewrites a system's message about a waiting file as one about the file that it is to become.</summary>
    public static string Plain(string message) => AtomicFile.Plain(message.Replace(Waiting + IoPath.DirectorySeparatorChar, ""));

    /// <summary>
    /// The names for run.json to list. Null for a run without results where there is an earlier run, whose files then stay.
    /// </summary>
    public string[]? Outputs(bool cameToSomething)
    {
        if (!cameToSomething && !earlier.IsEmpty) return null;
        IEnumerable<string> names = Directory.GetFileSystemEntries(New).Select(path => IoPath.GetFileName(path));
        if (HasCheckpoint) names = names.Concat(RunFiles.Checkpoint.Where(name => RunFiles.Exists(Target(name))));
        return [.. names.Append(record).Order(StringComparer.Ordinal)];
    }

    /// <summary>Moves the new files, the record among them, to where the earlier run's were, and deletes the others of that run.</summary>
    /// <exception cref="IOException">
    /// A file cannot be put there. Before the first move all stays as it was; after it the rest still wait for the next run to move them.
    /// </exception>
    public void Publish() => Publish(record);

    void Publish(string record)
    {
        var copies = new List<AtomicFile>();
        try
        {
            // the old record is deleted before any move and the new one moved last: no record ever stands beside another run's files
            string[] names = [.. Written().OrderBy(name => name == record)];
            string[] stale = [.. earlier.Present.Except(names).Where(IsStale)];
            Action[] moves = [.. names.Select(name => Move(name, copies))];
            AtomicFile.RunExclusively(() =>
            {
                moving = true;
                foreach (string name in stale) File.Delete(Target(name));
                File.Delete(AtomicFile.Resolve(Target(record)));
                foreach (Action move in moves) move();
                Directory.Delete(New, true);
                held.Note([]);
                moving = false;
            });
            if (stale.Any(name => name.StartsWith($"{RunFiles.Frames}/", StringComparison.Ordinal)))
                RemoveIfEmpty(Target(RunFiles.Frames));
            AtomicFile.FlushFolder(full);
            AtomicFile.FlushFolder(Target(RunFiles.Frames));
        }
        finally
        {
            foreach (AtomicFile copy in copies) copy.Dispose();
        }
    }

    // does now what may fail; the action it returns only renames, or on another disk ends a copy
    Action Move(string name, List<AtomicFile> copies)
    {
        string from = this[name], to = Target(name), folder = IoPath.GetDirectoryName(to)!, target = AtomicFile.Resolve(to);
        Directory.CreateDirectory(folder);
        bool isOfAnotherFolder = folder != full && new DirectoryInfo(folder).LinkTarget is not null;
        if (IoPath.GetDirectoryName(target) == folder && !isOfAnotherFolder)
        {
            AtomicFile.KeepPermissions(target, from);
            return () => File.Move(from, target, overwrite: true);
        }
        AtomicFile copy = AtomicFile.Create(target);
        copies.Add(copy);
        using FileStream source = File.OpenRead(from);
        source.CopyTo(copy.Stream);
        copy.Stream.Flush();
        return copy.Commit;
    }

    // A run that was killed while it moved its files has all of them here or in place, its record last: the moves are finished.
    void TakeOver()
    {
        if (RunFiles.Records.FirstOrDefault(name => File.Exists(this[name])) is string whole)
        {
            earlier = new RunFiles(full, whole, held.Noted);
            Publish(whole);
        }
        else if (Directory.Exists(New)) Directory.Delete(New, true);
        earlier = new RunFiles(full, record, held.Noted);
        AtomicFile.Clear(full, RunFiles.IsKnown);
        string frames = Target(RunFiles.Frames);
        if (Directory.Exists(frames) && AtomicFile.Clear(frames, name => RunFiles.IsKnown($"frames/{name}"))) RemoveIfEmpty(frames);
    }

    bool HasContent(string[] beside)
    {
        HashSet<string> expected = [FolderLock.Name, .. beside.Select(path => IoPath.GetFileName(path))];
        return Directory.EnumerateFileSystemEntries(full).Any(path => !expected.Contains(IoPath.GetFileName(path)));
    }

    void Check(string name)
    {
        string path = Target(name);
        bool isFrames = name == RunFiles.Frames;
        if (isFrames && RunFiles.Exists(path) && !Directory.Exists(path))
            throw UsageException.For("out", Path, $"{name} in it is a file; a folder is to be there");
        if (!isFrames && !Directory.Exists(IoPath.GetDirectoryName(AtomicFile.Resolve(path))))
            throw UsageException.For("out", Path, $"{name} in it is a link to a folder that is not there");
        foreach (string file in isFrames ? RunFiles.FramesIn(full) : [name])
        {
            if (Directory.Exists(Target(file))) throw UsageException.For("out", Path, $"{file} in it is a folder; a file is to be there");
            if (RunFiles.Exists(Target(file)) && !earlier.Owns(file))
                throw UsageException.For("out", Path, $"{file} in it is not an earlier run's ({(earlier.IsEmpty
                    ? $"there is no {record} of gpumlp" : $"{record} does not list it")}); move it away, or name another folder");
        }
    }

    bool IsStale(string name) => !HasCheckpoint || !RunFiles.Checkpoint.Contains(name);

    string Target(string name) => IoPath.Combine(full, name);

    IEnumerable<string> Written()
    {
        string[] files = Directory.Exists(New) ? Directory.GetFiles(New, "*", SearchOption.AllDirectories) : [];
        return files.Select(path => IoPath.GetRelativePath(New, path).Replace('\\', '/')).Where(RunFiles.IsKnown);
    }

    static void RemoveIfEmpty(string folder)
    {
        var found = new DirectoryInfo(folder);
        if (found.Exists && found.LinkTarget is null && !found.EnumerateFileSystemInfos().Any()) found.Delete();
    }

    /// <summary>Releases the folder. Files that a failed run completed stay there, unless there is an earlier run.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (ended) return;
            ended = true;
            try
            {
                if (earlier.IsEmpty && !moving) KeepWritten();
                if (Directory.Exists(New) && !moving) Directory.Delete(New, true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
            held.Dispose();
        }
    }

    void KeepWritten()
    {
        string[] kept = [.. Written().Where(name => !RunFiles.Exists(Target(name)))];
        if (kept.Length > 0) held.Note(RunFiles.NamesOf(kept));    // first, so that a later run knows them as a run's files
        foreach (string name in kept)
        {
            Directory.CreateDirectory(IoPath.GetDirectoryName(Target(name))!);
            File.Move(this[name], Target(name));
        }
    }
}
