using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;
using GpuMlp.Training;

namespace GpuMlp.Cli.Train;

/// <summary>Writes a run's checkpoints while its next steps are made, so that no step waits for the disk.</summary>
/// <remarks>A run that is stopped gets one whether its config asks for them or not.</remarks>
sealed class Checkpoints : IDisposable
{
    readonly OutputFolder folder;
    readonly CheckpointWriter writer;
    Task writing = Task.CompletedTask;

    /// <summary>Prepares to write those that a config asks for; of a run that goes on, the one of its end in any case.</summary>
    /// <param name="config">The config.</param>
    /// <param name="folder">Where they go.</param>
    /// <param name="data">The data of the run, as a record in the folder identifies it.</param>
    /// <param name="earlier">The checkpoint that the run goes on from; null where it began at step 0.</param>
    public Checkpoints(TrainConfig config, OutputFolder folder, RunData data, StoredCheckpoint? earlier)
    {
        this.folder = folder;
        writer = new CheckpointWriter(folder.Full, ProgramVersion.Text, config, data, earlier);
        if (config.CheckpointEvery is null && earlier is null) return;
        (int? steps, TimeSpan? time) = config.CheckpointEvery is string every ? TrainConfig.PeriodOf(every) : default;
        Plan = new Checkpointing(Save) { Steps = steps, Time = time };
    }

    /// <summary>When the trainer saves, and how; null where it does not.</summary>
    public Checkpointing? Plan { get; }

    /// <summary>Saves a run that was stopped, and waits until the last checkpoint is on the disk.</summary>
    /// <param name="trainer">What made the run's steps.</param>
    /// <param name="result">What the trainer returned.</param>
    /// <exception cref="IOException">One that was asked for cannot be written; the one before stays.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the one before stays.</exception>
    /// <returns>Why the one of a run that was stopped is not there; all else is written first.</returns>
    public IOException? Finish(Trainer trainer, TrainingResult result)
    {
        if (Plan is not null || result is not { StopReason: StopReason.Cancelled, Steps: > 0 })
        {
            Finish();
            return null;
        }
        try
        {
            writer.Save(new Checkpoint(
                trainer.ReadState(), result.FirstStep, result.Losses, [.. result.Snapshots.Where(s => s.Step < result.Steps)]));
            folder.HasCheckpoint = true;
            return null;
        }
        catch (IOException e) { return e; }
    }

    void Finish() => writing.GetAwaiter().GetResult();

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
