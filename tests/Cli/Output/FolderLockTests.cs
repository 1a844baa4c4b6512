using GpuMlp.Cli.Output;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Output;

/// <summary>A folder belongs to one run until that run has ended, however it ended.</summary>
public sealed class FolderLockTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void ASecondIsRefusedUntilTheFirstLetsGoAndNothingStays()
    {
        string folder = scratch.File("a/b");
        using (FolderLock first = FolderLock.Take(folder)!)
        {
            Assert.NotNull(first);
            Assert.Null(FolderLock.Take(folder));
        }
        Assert.Empty(scratch.Names);
        using FolderLock? next = FolderLock.Take(folder);
        Assert.NotNull(next);
    }

    [Fact]
    public void TheFileThatADeadProcessLeftLocksNothing()
    {
        Directory.CreateDirectory(scratch.File("a"));
        File.WriteAllText(scratch.File($"a/{FolderLock.Name}"), "");
        using (FolderLock? taken = FolderLock.Take(scratch.File("a"))) Assert.NotNull(taken);
        Assert.Empty(Tree.Names(scratch.File("a")));
    }

    [Fact]
    public void AFolderThatCannotBeIsNoLockAndWhatWasMadeForItGoes()
    {
        File.WriteAllText(scratch.File("file"), "");
        Assert.ThrowsAny<IOException>(() => FolderLock.Take(scratch.File("file/run")));
        Assert.Equal(["file"], scratch.Names);
    }

    // each task makes the folder and removes it again, so that every order of making, opening, locking and deleting occurs
    [Fact]
    public async Task OfManyAtOnceOneHoldsIt()
    {
        int holders = 0, held = 0, together = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int k = 0; k < 1000; k++)
            {
                using FolderLock? taken = FolderLock.Take(scratch.File("a/b"));
                if (taken is null) continue;
                if (Interlocked.Increment(ref holders) > 1) Interlocked.Increment(ref together);
                Interlocked.Increment(ref held);
                Thread.SpinWait(k % 7 * 100);
                Interlocked.Decrement(ref holders);
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(0, together);
        Assert.InRange(held, 4, 4000);
        // empty folders may stay: a task cannot remove a folder that it made while the next task is in it
        Assert.Empty(Directory.GetFiles(scratch.File(""), "*", SearchOption.AllDirectories));
    }
}
