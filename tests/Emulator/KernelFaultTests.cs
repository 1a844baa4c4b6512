using CudaEmulator;
using CudaEmulator.Interpreter;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Emulator;

/// <summary>What a kernel must not do: the emulator finds it.</summary>
public class KernelFaultTests
{
    // the address of one word per thread
    const string Place = "mul.wide.u32 %place, %thread, 4; add.u64 %place, %place, %address;";

    static KernelFault Fails(CudaError error, string body, int threads = 1, bool findRaces = false, int capability = 80)
    {
        var fault = Assert.Throws<KernelFault>(
            () => PtxProgram.Run(body, new ulong[8], threads, findRaces: findRaces, capability: capability));
        Assert.Equal(error, fault.Error);
        Assert.Contains("kernel kernel, group (0,0,0), thread (", fault.Message, StringComparison.Ordinal);
        return fault;
    }

    [Theory]
    [InlineData("ld.global.b32 %d, [%address+64];", "is 64 bytes from the start of an allocation of 64")]
    [InlineData("ld.global.b32 %d, [%address-4];", "which nothing was allocated at")]
    [InlineData("st.global.b64 [%address+64], %la;", "accesses 8 bytes")]
    [InlineData("ld.global.v4.b32 {%a, %b, %c, %d}, [%address+64];", "accesses 16 bytes")]
    [InlineData("st.shared.v2.b32 [%address], {%a, %b};", "of 0 bytes of shared memory")]
    [InlineData("mov.b64 %la, 0; ld.global.b32 %d, [%la];", "is no address of the card")]
    [InlineData("ld.shared.b32 %d, [%address];", "of 0 bytes of shared memory")]
    public void AnAccessOutOfBounds(string statement, string words) =>
        Assert.Contains(words, Fails(CudaError.IllegalAddress, statement).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ld.global.b32 %d, [%address+2];")]
    [InlineData("ld.global.b64 %ld, [%address+4];")]
    [InlineData("ld.global.v4.b32 {%a, %b, %c, %d}, [%address+8];")]
    [InlineData("st.global.v2.b32 [%address+4], {%a, %b};")]
    [InlineData("ld.global.b32 %d, [%la];")]                                                    // a register that has no value yet
    public void AMisalignedAccess(string statement) => Fails(CudaError.MisalignedAddress, statement);

    [Fact]
    public void TwoOrFourWordsAreReadAndWrittenAtOnce()
    {
        var memory = new ulong[8];
        (memory[0], memory[1]) = (1 | 2ul << 32, 3 | 4ul << 32);
        PtxProgram.Run("""
            .shared .align 16 .b8 room[16];
            ld.global.v4.b32 {%a, %b, %c, %d}, [%address];
            mov.u64 %lb, room;
            st.shared.v4.b32 [%lb], {%d, %c, %b, %a};
            ld.shared.v2.b32 {%a, %b}, [%lb+8];
            st.global.v2.b32 [%address+32], {%a, %b};
            st.global.v4.b32 [%address+48], {%a, %a, %b, %b};
            """, memory, 1);
        Assert.Equal([2 | 1ul << 32, 0, 2 | 2ul << 32, 1 | 1ul << 32], memory[4..]);
    }

    [Fact]
    public void TheMessageNamesTheThreadAndTheLine()
    {
        const string body = $"{Place}\n{"setp.eq.u32 %p, %thread, 3;"}\n@%p add.u64 %place, %place, 64;\nst.global.b32 [%place], %thread;";
        KernelFault fault = Fails(CudaError.IllegalAddress, body, threads: 4);
        Assert.Contains("thread (3,0,0), PTX line 15:", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MemoryThatWasNotWrittenIsNaN()
    {
        var memory = new ulong[1];
        PtxProgram.Run(".shared .align 4 .b8 room[8]; ld.shared.b32 %d, [room+4]; st.global.b32 [%address], %d;", memory, 1);
        Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle((uint)memory[0])));
    }

    [Fact]
    public void ThreadsMeetAtABarrier()
    {
        var memory = new ulong[8];
        PtxProgram.Run($"""
            .shared .align 4 .b8 room[64];
            cvt.u64.u32 %la, %thread;
            shl.b64 %la, %la, 2;
            mov.u64 %lb, room;
            add.u64 %lb, %lb, %la;
            st.shared.b32 [%lb], %thread;
            bar.sync 0;
            ld.shared.b32 %d, [room+60];
            {Place}
            st.global.b32 [%place], %d;
            """, memory, threads: 16, findRaces: true);
        Assert.All(memory, word => Assert.Equal(15ul | 15ul << 32, word));
    }

    [Fact]
    public void ABarrierThatAThreadDoesNotReach()
    {
        KernelFault fault = Fails(CudaError.LaunchFailed, "setp.eq.u32 %p, %thread, 1; @%p ret; bar.sync 0;", threads: 4);
        Assert.Contains("does not reach the barrier", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80, "waits at another barrier", "setp.eq.u32 %p, %thread, 1; @%p bra ELSE; bar.sync 0; ret; ELSE: bar.sync 1;")]
    [InlineData(60, "waits at another place than its warp", "setp.eq.u32 %p, %thread, 1; @%p bra ELSE; bar.sync 0; ret; ELSE: bar.sync 0;")]
    public void ThreadsAtTwoBarriers(int capability, string words, string body) =>
        Assert.Contains(words, Fails(CudaError.LaunchFailed, body, 4, capability: capability).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("st.global.b32 [%address], %thread;", "writes")]
    [InlineData("setp.eq.u32 %p, %thread, 0; @%p st.global.b32 [%address], %a; ld.global.b32 %d, [%address];", "reads")]
    [InlineData("ld.global.b32 %d, [%address]; setp.eq.u32 %p, %thread, 2; @%p st.global.b32 [%address], %a;", "writes")]
    public void ARaceIsFoundOnRequest(string body, string words)
    {
        KernelFault fault = Fails(CudaError.LaunchFailed, body, 4, findRaces: true);
        Assert.Contains($"{words} what thread (0,0,0) touched", fault.Message, StringComparison.Ordinal);
        PtxProgram.Run(body, new ulong[8], 4);
        PtxProgram.Run(body, new ulong[8], 1, findRaces: true);
    }

    [Theory]
    [InlineData("ld.global.b32 %d, [%address];")]                                                       // all threads only read
    [InlineData("setp.eq.u32 %p, %thread, 0; @%p st.global.b32 [%address], %a; bar.sync 0; ld.global.b32 %d, [%address];")]
    [InlineData(Place + "st.global.b32 [%place], %thread; ld.global.b32 %d, [%place];")]                // each thread has its own word
    public void WhatIsNoRace(string body) => PtxProgram.Run(body, new ulong[8], 4, findRaces: true);
}
