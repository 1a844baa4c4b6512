using System.Diagnostics;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;

namespace GpuMlp.Cli.Sweep;

/// <summary>Trains networks of a sweep, all of them or a shard's, and hands on block after block.</summary>
/// <param name="grid">The sweep.</param>
/// <param name="trainer">Trains a block.</param>
/// <param name="terminal">Tells the user what goes on.</param>
sealed class SweepRun(SweepGrid grid, SweepTrainer trainer, Terminal terminal)
{
    /// <summary>Trains a whole sweep and writes its outputs.</summary>
    /// <exception cref="UsageException">The data, the networks and the folder do not go together.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(SweepGrid grid, string? output, bool force, Terminal terminal, Interruption interruption)
    {
        var total = Stopwatch.StartNew();
        SweepTrainer trainer = SweepTrainer.Load(grid, terminal, interruption.Token);
        foreach (string note in trainer.Notes) terminal.Note(note);
        string[] outputs = SweepEnding.OutputsOf(grid, trainer);
        using OutputFolder folder = output is null ? OutputFolder.ClaimNew("sweep", outputs) : OutputFolder.Claim(output, force, outputs);
        interruption.AtOnce = folder.Dispose;
        if (grid.Rungs.Count == 0) return Execute(grid, trainer, folder, terminal, interruption, total).Code;
        KeptSettings? kept = null;
        foreach (SweepRung rung in grid.Rungs)
        {
            SweepGrid of = grid.At(rung, kept);
            var ofRung = SweepTrainer.Load(of, terminal, interruption.Token);
            kept?.Require(ShardHeader.Of(of, ofRung, new Shard(0, 1)));
            using OutputFolder? own = rung.IsLast ? null
                : OutputFolder.Claim(rung.FolderIn(folder.Path), force, SweepEnding.OutputsOf(of, ofRung));
            interruption.AtOnce = () =>
            {
                own?.Dispose();
                folder.Dispose();
            };
            terminal.Note($"{rung}: {rung.Size}");
            (int code, kept) = Execute(of, ofRung, own ?? folder, terminal, interruption, Stopwatch.StartNew());
            if (code != ExitCode.Ok) return code;
        }
        return ExitCode.Ok;
    }

    static (int Code, KeptSettings? Kept) Execute(SweepGrid grid, SweepTrainer trainer, OutputFolder folder,
        Terminal terminal, Interruption interruption, Stopwatch total)
    {
        using var ending = new SweepEnding(grid, trainer, folder, terminal, total) { OthersFollow = grid.Rung is { IsLast: false } };
        (TimeSpan open, TimeSpan compile) = new SweepRun(grid, trainer, terminal)
            .Train(0, grid.Count, interruption, "what there is will be written", ending.Summary.Add);
        ending.Write(open, compile, interruption);
        return (ending.Summary.IsCut ? interruption.ExitCode : ExitCode.Ok, ending.Kept);
    }

    /// <summary>Trains some networks of the sweep.</summary>
    /// <param name="first">The first one's row.</param>
    /// <param name="end">The row after the last one.</param>
    /// <param name="interruption">Ends the training.</param>
    /// <param name="becomes">What becomes of the outputs after a signal.</param>
    /// <param name="take">Takes a block; the networks of the last one may have been stopped.</param>
    /// <returns>How long it took to open the device, and to compile.</returns>
    public (TimeSpan Open, TimeSpan Compile) Train(
        int first, int end, Interruption interruption, string becomes, Action<SweepBlock> take)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan open = default;
        int networks = end - first, steps = grid.Common.Steps;
        using ComputeDevice device = DeviceInput.Open(grid.Common.Device, trainer.WorkOf(networks), terminal, opened =>
        {
            open = clock.Elapsed;
            trainer.WarmUp(opened, first, end);
            return opened;
        });
        TimeSpan compile = clock.Elapsed - open;
        interruption.Begin(becomes);
        using Terminal.Progress progress = terminal.Follow($"training {networks} networks", "steps", steps);
        for (int row = first; row < end && !interruption.Token.IsCancellationRequested;)
        {
            double before = (double)(row - first) / networks, share = Math.Min(trainer.Block, end - row) / (double)networks;
            SweepBlock block = trainer.Train(
                device, row, end, (made, loss) => progress.Report((int)((before + share * made) * steps), loss));
            take(block);
            row = block.End;
        }
        return (open, compile);
    }
}
