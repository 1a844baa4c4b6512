using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>One part of a sweep: trains its networks, and keeps each block in the part's file as soon as it is whole.</summary>
static class ShardRun
{
    /// <summary>Trains what is missing of a shard.</summary>
    /// <exception cref="UsageException">The folder holds that part of another sweep, or another task writes it.</exception>
    /// <exception cref="IOException">It is of a rung, and the rung before is not merged.</exception>
    /// <returns>The exit code: that of the signal where one came, after which the same command goes on.</returns>
    public static int Execute(
        SweepGrid grid, Shard shard, SweepRung? rung, string? output, bool force, Terminal terminal, Interruption interruption)
    {
        if (output is null) throw new UsageException($"--shard {shard}: --out DIR is needed, the folder that all parts write into");
        if (terminal.Json) throw new UsageException($"--shard {shard}: --json goes with --merge, which has a record to print");
        if (rung is not null)
        {
            grid = grid.At(rung, KeptSettings.Before(rung, grid.Rungs, output));
            output = rung.FolderIn(output);
        }
        SweepTrainer trainer = SweepTrainer.Load(grid, terminal, interruption.Token);
        var header = ShardHeader.Of(grid, trainer, shard);
        grid.Kept?.Require(header);
        if (!force) CheckBeside(header, output);
        foreach (string note in trainer.Notes) terminal.Note(note);
        using ShardFile file = Open(header, output, force);
        int end = shard.End(grid.Count), first = file.End;
        string rows = Invariant($"{end - shard.First(grid.Count):N0} of {grid.Count:N0} networks");
        string part = rung is null ? $"part {shard}" : $"{rung}, part {shard}";
        terminal.Note(first == shard.First(grid.Count) ? $"{part}: {rows}"
            : Invariant($"{part}: {rows}, {first - shard.First(grid.Count):N0} of them are done"));
        if (first < end)
        {
            const string Becomes = "whole blocks are kept; the same command goes on";
            new SweepRun(grid, trainer, terminal).Train(first, end, interruption, Becomes, block =>
            {
                // what a signal stopped is trained again
                if (block.Results.All(result => IsWhole(grid, result))) file.Append(block);
            });
        }
        if (file.End < end) return interruption.ExitCode;
        terminal.Say($"written    {Path.Combine(output, shard.FileName)}");
        return ExitCode.Ok;
    }

    // A merge would refuse parts of different sweeps when all are trained. Of many tasks each looks at a few headers only.
    static void CheckBeside(ShardHeader header, string output)
    {
        const int Few = 3;
        string[] parts = Directory.Exists(output) ? SweepMerge.ShardsIn(output) : [];
        if (parts.Length == 0 && File.Exists(Path.Combine(output, RunFiles.Record)))
            throw UsageException.For("out", output, "an earlier run is in it, which --merge would replace; name another, or add --force");
        foreach (string path in parts.Where(path => Path.GetFileName(path) != header.Shard.FileName).Take(Few))
            if (ShardFile.HeaderOf(path) is ShardHeader there && header.Difference(there) is string difference)
                throw new UsageException($"--shard {header.Shard}: {path} beside it is another sweep's: {difference}; " +
                    "name another folder, or begin anew with --force");
    }

    static bool IsWhole(SweepGrid grid, SweepResult result) => result.DivergedStep is not null || result.Steps == grid.Common.Steps;

    static ShardFile Open(ShardHeader header, string output, bool force)
    {
        try
        {
            if (File.Exists(output)) throw UsageException.For("out", output, "is a file; a folder is needed");
            Directory.CreateDirectory(output);
            return ShardFile.Open(Path.GetFullPath(Path.Combine(output, header.Shard.FileName)), header, force);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw UsageException.For("out", output, $"cannot write there: {OutputFolder.Plain(e.Message)}", e);
        }
    }
}
