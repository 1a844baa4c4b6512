using System.Diagnostics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>Writes the outputs of a sweep from the files of its shards.</summary>
static class SweepMerge
{
    const int MostNamed = 20;

    /// <summary>Checks that all shards are there and belong together, and merges them.</summary>
    /// <exception cref="UsageException">They do not belong together.</exception>
    /// <exception cref="IOException">Some are missing, or not at their end.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(string path, bool force, Terminal terminal, Interruption interruption)
    {
        var total = Stopwatch.StartNew();
        if (!Directory.Exists(path)) throw UsageException.For("merge", path, "there is no such folder");
        string[] found = ShardsIn(path);
        if (found.Length == 0 && LastRungIn(path) is string last) (path, found) = (last, ShardsIn(last));
        if (found.Length == 0) throw UsageException.For("merge", path, "no shard of a sweep is in it (shard-K-of-N.rows)");
        ShardHeader first = Check(path, found);
        SweepGrid grid = GridOf(first, path);
        SweepTrainer trainer = SweepTrainer.Load(grid, terminal, interruption.Token);
        ShardHeader here = ShardHeader.Of(grid, trainer, first.Shard);
        if (here.Difference(first) is string changed)
            throw UsageException.For("merge", path, $"what made the shards has changed: {changed}");
        string[] outputs = SweepEnding.OutputsOf(grid, trainer);
        // what an earlier merge wrote is written again: a merge that was killed at its end is simply repeated
        IEnumerable<string> rungs = grid.Rung is null ? [] : SweepRung.FoldersIn(path).Values;
        using OutputFolder folder = OutputFolder.Claim(path, force, outputs, beside: [.. found, .. outputs, .. rungs]);
        interruption.AtOnce = folder.Dispose;
        using var ending = new SweepEnding(grid, trainer, folder, terminal, total);
        using (Terminal.Progress progress = terminal.Follow($"merging {first.Count} shards", "networks", grid.Count))
        {
            for (int number = 0; number < first.Count; number++)
            {
                var shard = new Shard(number, first.Count);
                using ShardFile file = Read(path, Path.Combine(path, shard.FileName));
                foreach (SweepBlock block in file.Blocks().TakeWhile(block => block.First < shard.End(grid.Count)))
                {
                    interruption.Token.ThrowIfCancellationRequested();
                    ending.Summary.Add(block);
                    progress.Report(ending.Summary.Rows);
                }
                if (ending.Summary.Rows != shard.End(grid.Count)) throw new IOException($"{file.Path} changed while it was merged");
            }
        }
        if (ending.Summary.Devices.Count > 1)
            terminal.Note($"the shards were trained on {string.Join(", ", ending.Summary.Devices.Select(device => device.Name))}");
        interruption.Complete("the sweep");
        ending.Write(default, default, interruption);
        return ExitCode.Ok;
    }

    /// <summary>The files of shards in a folder.</summary>
    public static string[] ShardsIn(string path) => [.. Directory.GetFiles(path, "shard-*-of-*.rows").Order(StringComparer.Ordinal)];

    // of a sweep by halving the last rung that has shards
    static string? LastRungIn(string path) => SweepRung.FoldersIn(path).Values.LastOrDefault(folder => ShardsIn(folder).Length > 0);

    static SweepGrid GridOf(ShardHeader header, string folder)
    {
        SweepGrid all = SweepGrid.Make(header.Request);
        if (header.Rung is not int number || number < 1 || number > all.Rungs.Count) return all;
        SweepRung rung = all.Rungs[number - 1];
        return all.At(rung, KeptSettings.Before(rung, all.Rungs, rung.SweepOf(folder)));
    }

    // the header of the first; all are looked at before anything is written
    static ShardHeader Check(string path, string[] found)
    {
        ShardHeader? first = null;
        string firstName = "";
        var unfinished = new List<string>();
        var there = new HashSet<int>();
        foreach (string name in found)
        {
            using ShardFile file = Read(path, name);
            string shown = Path.GetFileName(name);
            if (file.Header is not ShardHeader header)
            {
                if (!file.IsBegunOrEmpty()) throw UsageException.For("merge", path, $"{shown} is no shard of a sweep; move it away");
                unfinished.Add($"{shown} (no whole block)");
                continue;
            }
            if (header.Shard.FileName != shown)
                throw UsageException.For("merge", path, $"{shown} holds part {header.Shard}, which is doubled or renamed; move it away");
            if (first is null) (first, firstName) = (header, shown);
            if (first.Difference(header) is string difference)
            {
                string where = difference.Replace(" here", $" in {firstName}");
                throw UsageException.For("merge", path, $"{shown} is of another sweep than {firstName}: {where}");
            }
            there.Add(header.Number);
            (int begin, int end) = (header.Shard.First(header.Networks), header.Shard.End(header.Networks));
            if (file.End != end) unfinished.Add(Invariant($"{shown} ({file.End - begin:N0} of {end - begin:N0} networks)"));
        }
        if (first is null) throw new IOException($"{path}: no shard has a whole block yet: {Some(unfinished)}");
        List<string> missing = [.. Enumerable.Range(0, first.Count).Where(number => !there.Contains(number))
            .Select(number => new Shard(number, first.Count).FileName)
            .Where(name => !unfinished.Exists(other => other.StartsWith(name, StringComparison.Ordinal)))];
        if (missing.Count + unfinished.Count == 0) return first;
        string[] wrong = [.. missing.Count > 0 ? [$"missing: {Some(missing)}"] : (string[])[],
            .. unfinished.Count > 0 ? [$"not finished: {Some(unfinished)}"] : (string[])[]];
        throw new IOException($"{path}: the shards are not complete; {string.Join("; ", wrong)}. Start them again, then merge");
    }

    static ShardFile Read(string path, string name) => ShardFile.Read(name)
        ?? throw new IOException($"{path}: {Path.GetFileName(name)} is being written at this moment; merge when all tasks have ended");

    static string Some(List<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? Invariant($" and {names.Count - MostNamed:N0} more") : "");
}
