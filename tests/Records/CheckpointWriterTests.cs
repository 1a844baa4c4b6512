using GpuMlp.Records;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Records;

/// <summary>Checkpoints that cannot be written.</summary>
public class CheckpointWriterTests
{
    static Checkpoint After(params float[] losses) =>
        new(new TrainingState(losses.Length, [1, 2], []), 0, losses, [new Snapshot(0, losses[0], [3, 4])]);

    [Fact]
    public void OfAFirstOneThatFailsNothingStays()
    {
        using var folder = new ScratchFolder();
        using var writer = new CheckpointWriter(folder.Path, "1", new() { SnapshotEvery = 2 }, new(null, 4, "0"));
        Directory.CreateDirectory(folder.File(StoredCheckpoint.FileName));            // the state goes there when all else is written
        Assert.ThrowsAny<Exception>(() => writer.Save(After(1, 2)));
        Assert.Equal([StoredCheckpoint.FileName], folder.Names);
    }
}
