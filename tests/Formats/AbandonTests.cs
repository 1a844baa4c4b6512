using System.Runtime.CompilerServices;
using GpuMlp.Formats;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Formats;

/// <summary>
/// The end of a program whose other threads still write. These tests run alone, since the end holds for the whole process.
/// </summary>
[Collection(nameof(Alone))]
public sealed class AbandonTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose()
    {
        Abandoned(null) = false;
        folder.Dispose();
    }

    [Fact]
    public void ThreadsThatWriteOnLeaveNothingAndSayNothing()
    {
        int begun = 0, thrown = 0;
        Thread[] writers = [.. Enumerable.Range(0, 4).Select(k => new Thread(() =>
        {
            try
            {
                for (int file = 0; ; file++)
                {
                    AtomicFile.Write(folder.File($"{k}-{file % 5}"), s => s.Write("whole"u8));
                    Interlocked.Increment(ref begun);
                }
            }
            catch (Exception)
            {
                Interlocked.Increment(ref thrown);
            }
        }) { IsBackground = true })];
        foreach (Thread writer in writers) writer.Start();
        Assert.True(SpinWait.SpinUntil(() => begun > 20, TimeSpan.FromSeconds(30)));
        AtomicFile.Abandon();
        string[] then = [.. folder.Names];
        Assert.DoesNotContain(then, name => name.StartsWith('.'));
        Thread.Sleep(100);                                          // time for a write that would begin after the end
        Assert.Equal(then, folder.Names);
        Assert.All(then, name => Assert.Equal("whole", File.ReadAllText(folder.File(name))));
        Assert.Equal(0, thrown);
    }

    [Fact]
    public async Task FilesThatAppearTogetherAllDoOrNone()
    {
        using var started = new ManualResetEventSlim();
        Task together = Task.Run(() => AtomicFile.RunExclusively(() =>
        {
            started.Set();
            Thread.Sleep(50);
            AtomicFile.Write(folder.File("a"), s => s.Write("x"u8));
            AtomicFile.Write(folder.File("b"), s => s.Write("x"u8));
        }), TestContext.Current.CancellationToken);
        started.Wait(TestContext.Current.CancellationToken);
        AtomicFile.Abandon();
        Assert.Equal(["a", "b"], folder.Names);
        await together;
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "abandoned")]
    static extern ref bool Abandoned(AtomicFile? none);
}
