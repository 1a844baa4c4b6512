using CudaEmulator;
using CudaEmulator.Interpreter;
using CudaEmulator.Ptx;

namespace GpuMlp.Tests.Emulator;

/// <summary>What the emulator counts, for programs whose counts follow from the PTX ISA and from how a card's memory is made.</summary>
public class CountTests
{
    // two instructions before each body load the address and the thread's number, one behind it returns
    const int Around = 3;

    static string Place(int stride) => $"mul.wide.u32 %place, %thread, {stride}; add.u64 %place, %place, %address;";

    static string SharedPlace(int stride) =>
        $".shared .align 16 .b8 room[16384]; mul.wide.u32 %place, %thread, {stride}; mov.u64 %lb, room; add.u64 %place, %place, %lb;";

    static AccessCounts Only(LaunchCounts counts) => Assert.Single(counts.Accesses);

    [Theory]
    [InlineData("add.f32 %f, %g, %g; fma.rn.f32 %f, %g, %g, %g; setp.lt.f32 %p, %f, %g;", 3, 0, 1, 1, 1, 1)]
    [InlineData("add.s32 %a, %b, %c; mul.wide.u32 %la, %a, 4; shl.b32 %a, %a, 2; setp.eq.s64 %p, %la, 0;", 0, 4, 1, 1, 1, 0)]
    [InlineData("ld.global.b32 %a, [%address]; st.global.v2.b32 [%address], {%a, %b};", 0, 0, 3, 1, 1, 0)]
    [InlineData("bra.uni NEXT; NEXT: bar.sync 0; mov.b32 %a, %b; selp.b32 %a, %b, %c, %p;", 0, 0, 1, 3, 3, 0)]
    [InlineData("cvt.rn.f32.s32 %f, %a; cvt.s64.s32 %la, %a;", 1, 1, 1, 1, 1, 0)]
    public void InstructionsByKind(string body, int floats, int integers, int memory, int control, int moves, int multiplyAdds)
    {
        LaunchCounts counts = PtxProgram.Count(body, threads: 64, groups: 3);
        foreach ((InstructionCounts some, int threads) in new[] { (counts.Longest, 1), (counts.All, 3 * 64) })
        {
            long[] kinds = [.. Enum.GetValues<OpKind>().Select(kind => some[kind])];
            Assert.Equal([.. new long[] { floats, integers, memory, control, moves }.Select(n => n * threads)], kinds);
            Assert.Equal((long)multiplyAdds * threads, some.MultiplyAdds);
        }
        Assert.Equal(counts.All.All, 32 * counts.Warps);
    }

    // thread k turns k + 1 times
    const string Loop = "mov.b32 %a, 0; AGAIN: add.s32 %a, %a, 1; setp.le.u32 %p, %a, %thread; @%p bra AGAIN;";

    [Fact]
    public void TheLongestThreadAndTheLanesThatWait()
    {
        LaunchCounts counts = PtxProgram.Count(Loop, threads: 64);
        Assert.Equal(Around + 1 + 3 * 64, counts.Longest.All);
        Assert.Equal((Around + 1) * 64 + 3 * 64 * 65 / 2, counts.All.All);
        Assert.Equal(2 * (Around + 1) + 3 * (32 + 64), counts.Warps);                        // a warp turns as often as its last lane
    }

    [Fact]
    public void AGuardedInstructionIsOne()
    {
        LaunchCounts counts = PtxProgram.Count("setp.lt.u32 %p, %thread, 8; @%p ld.global.b32 %a, [%address]; @!%p ret;", threads: 32);
        Assert.Equal(32 * (Around + 3) - 24, counts.All.All);                                // 24 threads end before the last return
        Assert.Equal(2 * 32, counts.All[OpKind.Memory]);
        AccessCounts access = Only(counts);
        Assert.Equal((8, 1, 1), (access.Threads, access.Warps, access.Cost));
    }

    [Theory]
    [InlineData(32, "ld.global.b32 %a, [%place];", 4, 4, 4)]
    [InlineData(32, "ld.global.b32 %a, [%place];", 0, 4, 1)]                                  // all lanes read one word
    [InlineData(32, "ld.global.b32 %a, [%place];", 8, 4, 8)]
    [InlineData(32, "st.global.b32 [%place], %a;", 32, 4, 32)]
    [InlineData(32, "ld.global.b32 %a, [%place+4];", 4, 4, 5)]                                // begins within a sector
    [InlineData(8, "ld.global.b32 %a, [%place];", 4, 4, 1)]
    [InlineData(32, "ld.global.b64 %la, [%place];", 8, 8, 8)]
    [InlineData(32, "st.global.v4.b32 [%place], {%a, %b, %c, %d};", 16, 16, 16)]
    public void SectorsOfAWarp(int threads, string access, int stride, int bytes, int sectors)
    {
        AccessCounts counts = Only(PtxProgram.Count(Place(stride) + access, threads));
        Assert.Equal((bytes, threads, 1L, 1L, sectors), (counts.Bytes, counts.Threads, counts.Warps, counts.Seen, counts.Cost));
    }

    [Theory]
    [InlineData("ld.shared.b32 %a, [%place];", 4, 0)]
    [InlineData("ld.shared.b32 %a, [%place];", 0, 0)]                                         // one word for all
    [InlineData("ld.shared.b32 %a, [%place];", 8, 1)]
    [InlineData("st.shared.b32 [%place], %a;", 16, 3)]
    [InlineData("st.shared.b32 [%place], %a;", 128, 31)]
    [InlineData("ld.shared.b32 %a, [%place];", 132, 0)]                                       // a row is padded by a word
    [InlineData("ld.shared.b64 %la, [%place];", 8, 0)]
    [InlineData("ld.shared.v4.b32 {%a, %b, %c, %d}, [%place];", 16, 0)]
    [InlineData("ld.shared.v2.b32 {%a, %b}, [%place];", 128, 30)]                             // fifteen in each half warp
    [InlineData("ld.shared.v4.b32 {%a, %b, %c, %d}, [%place];", 128, 28)]                     // seven in each quarter
    public void ConflictsOfAWarp(string access, int stride, int conflicts)
    {
        AccessCounts counts = Only(PtxProgram.Count(SharedPlace(stride) + access, 32));
        Assert.Equal((32, 1L, conflicts), (counts.Threads, counts.Warps, counts.Cost));
    }

    [Fact]
    public void AccessesOfALoopAreThoseOfOneTurn()
    {
        const string body = "mov.b32 %a, 0; AGAIN: ld.global.b32 %b, [%place]; add.u64 %place, %place, 128; add.s32 %a, %a, 1;"
            + "setp.lt.u32 %p, %a, 20; @%p bra AGAIN; st.global.b32 [%place], %a;";
        AccessCounts[] all = [.. PtxProgram.Count(Place(4) + body, threads: 64, groups: 2).Accesses];
        Assert.Equal([(2 * 2 * 20L, 4 * 2 * 2 * 20L, true), (2 * 2L, 4 * 2 * 2L, false)], all.Select(a => (a.Warps, a.Cost, a.IsInner)));
    }

    [Fact]
    public void WhatIsExecutedTooOftenBetweenBarriersIsLookedAtInPart()
    {
        const string body = "mov.b32 %a, 0; AGAIN: ld.global.b32 %b, [%place]; add.s32 %a, %a, 1; setp.lt.u32 %p, %a, 5000; @%p bra AGAIN;";
        AccessCounts access = Only(PtxProgram.Count(Place(4) + body, threads: 32));
        Assert.Equal((5000L, 2048L, 4 * 2048L), (access.Warps, access.Seen, access.Cost));
    }

    [Fact]
    public void BarriersPartAccesses()
    {
        const string body = "ld.global.b32 %a, [%place]; bar.sync 0; st.global.b32 [%place], %a; bar.sync 0;";
        LaunchCounts counts = PtxProgram.Count(Place(4) + body, threads: 64);
        Assert.Equal((2, 2 * 64), (counts.Longest.Barriers, counts.All.Barriers));
        Assert.All(counts.Accesses, access => Assert.Equal((2L, 8L), (access.Warps, access.Cost)));
    }

    [Fact]
    public void ALaunchIsALineOfJson()
    {
        Kernel kernel = PtxModule.Parse(PtxProgram.Module("ld.global.b32 %a, [%address];")).Kernels["kernel"];
        var counts = new LaunchCounts(kernel);
        var launch = new Launch(kernel, new(3, 1, 1), new(32, 1, 1), 0, new byte[8], new(1 << 20), Counts: counts);
        Assert.Throws<KernelFault>(() => launch.Run(1));
        Assert.StartsWith(
            """{"launch":7,"module":2,"kernel":"kernel","groups":3,"threads":32,"shared":0,"warpInstructions":0,"all":{"instructions":0,""",
            CountFile.Line(7, 2, launch, counts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SHARED", "16K", 16384)]
    [InlineData("SHARED", "1M", 49152)]
    [InlineData("GROUP", "32", 32)]
    [InlineData("GROUP", "4096", 1024)]
    public void LimitsOfTheCardAreAtMostThoseOfEveryCard(string name, string value, int expected)
    {
        CudaEmulator.Settings With(string text) =>
            CudaEmulator.Settings.FromEnvironment(variable => variable == $"GPUMLP_EMULATOR_{name}" ? text : null);
        CudaEmulator.Settings settings = With(value);
        Assert.Equal(expected, name == "GROUP" ? settings.GroupThreads : settings.SharedBytes);
        Assert.Throws<FormatException>(() => With("x"));
    }
}
