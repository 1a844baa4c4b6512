using System.Diagnostics;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Emulator;

/// <summary>The emulator is quick enough for tests, which launch tens of millions of instructions.</summary>
[Collection(nameof(Alone))]
public class SpeedTests
{
    [Fact]
    public void AnUncountedInstructionTakesAtMost50Nanoseconds()
    {
        const int turns = 10_000_000;
        string body = $"mov.b32 %a, 0; AGAIN: add.s32 %a, %a, 1; setp.lt.s32 %p, %a, {turns}; @%p bra AGAIN;";
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        PtxProgram.Run(body, new ulong[1], threads: 1);
        process.Refresh();
        double nanoseconds = (process.TotalProcessorTime - before).TotalNanoseconds / (3.0 * turns);
        Assert.True(nanoseconds < 50, $"{nanoseconds} ns");
    }
}
