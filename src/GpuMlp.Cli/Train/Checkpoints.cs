using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;
using GpuMlp.Training;

namespace GpuMlp.Cli.Train;

/// <summary>Writes a run's checkpoints while its next steps are made, so that no step waits for the disk.</summary>
sealed class Checkpoints : IDisposable
{
    readonly OutputFolder folder;
    readonly CheckpointWriter writer;
    Task writing = Task.CompletedTask;

    /// <summary>Prepares to write those that a config asks for.</summary>
    /// <param name="config">The config.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="data">The data of the run, as a record in the folder identifies it.</param>
    /// <param name="earlier">The checkpoint that the run goes on from; null where it began at step 0.</param>
    public Checkpoints(TrainConfig config, OutputFolder folder, RunData data, StoredCheckpoint? earlier)
    {
        this.folder = folder;
        writer = new CheckpointWriter(folder.Full, ProgramVersion.Text, config, data, earlier);
        (int? steps, TimeSpan? time) = TrainConfig.PeriodOf(config.CheckpointEvery!);
        Plan = new Checkpointing(Save) { Steps = steps, Time = time };
    }

    /// <summary>When the trainer saves, and how.</summary>
    public Checkpointing Plan { get; }

    /// <summary>Waits until the last checkpoint is on the disk.</summary>
    /// <exception cref="IOException">It cannot be written; the one before stays.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the one before stays.</exception>
    public void Finish() => writing.GetAwaiter().GetResult();

    // the state is a copy that nobody writes to, and so is the part of the losses that is the checkpoint's
    void Save(Checkpoint checkpoint)
    {
        Finish();
        folder.HasCheckpoint = true;
        writing = Task.Run(() => writer.Save(checkpoint));
    }

    /// <summary>Waits for a checkpoint that is being written, whether that succeeds or not, and closes the files.</summary>
    public void Dispose()
    {
        ((IAsyncResult)writing).AsyncWaitHandle.WaitOne();
        writer.Dispose();
    }
}
