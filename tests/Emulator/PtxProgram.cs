using CudaEmulator.Interpreter;
using CudaEmulator.Memory;
using CudaEmulator.Ptx;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Emulator;

/// <summary>Runs small programs of PTX, written by hand, on the emulator in this process.</summary>
static unsafe class PtxProgram
{
    /// <summary>The values that one instruction left in %d, %ld and %p.</summary>
    internal sealed record Result(uint D, ulong Long, bool P);

    /// <summary>A module with one entry point, "kernel", whose one parameter is a pointer, loaded into %address.</summary>
    internal static string Module(string body, string target = "sm_50") => $$"""
        .version 6.3
        .target {{target}}
        .address_size 64
        .visible .entry kernel(.param .u64 memory)
        {
            .reg .pred %p, %q;
            .reg .b32 %a, %b, %c, %d, %e, %thread;
            .reg .b64 %la, %lb, %lc, %ld, %address, %place;
            .reg .f32 %f, %g;
            ld.param.u64 %address, [memory];
            mov.u32 %thread, %tid.x;
            {{body}}
            ret;
        }
        """;

    /// <summary>Runs statements on %a, %b, %c (the low halves of %la, %lb, %lc); returns what they left in %d, %ld and %p.</summary>
    internal static Result Compute(string statements, ulong a = 0, ulong b = 0, ulong c = 0)
    {
        ulong[] memory = [a, b, c, 0, 0, 0];
        Run($"""
            ld.global.u64 %la, [%address];
            ld.global.u64 %lb, [%address+8];
            ld.global.u64 %lc, [%address+16];
            cvt.u32.u64 %a, %la;
            cvt.u32.u64 %b, %lb;
            cvt.u32.u64 %c, %lc;
            setp.ne.u32 %p, 0, 0;
            mov.b32 %d, 0;
            mov.b64 %ld, 0;
            {statements}
            st.global.b64 [%address+24], %ld;
            st.global.b32 [%address+32], %d;
            selp.b32 %e, 1, 0, %p;
            st.global.b32 [%address+40], %e;
            """, memory, 1);
        return new((uint)memory[4], memory[3], (uint)memory[5] == 1);
    }

    /// <summary>Runs a body in groups over memory, which then holds the kernel's results.</summary>
    internal static void Run(
        string body, ulong[] memory, int threads, int groups = 1, bool findRaces = false, int capability = 80, int sharedBytes = 0)
    {
        Kernel kernel = PtxModule.Parse(Module(body), capability).Kernels["kernel"];
        Run(kernel, memory, threads, groups, findRaces, capability, sharedBytes, null);
    }

    /// <summary>Runs a body in groups over 64 KiB of memory, and returns what it executed.</summary>
    internal static LaunchCounts Count(string body, int threads, int groups = 1)
    {
        Kernel kernel = PtxModule.Parse(Module(body)).Kernels["kernel"];
        var counts = new LaunchCounts(kernel);
        Run(kernel, new ulong[8192], threads, groups, false, 80, 0, counts);
        return counts;
    }

    static void Run(
        Kernel kernel, ulong[] memory, int threads, int groups, bool findRaces, int capability, int sharedBytes, LaunchCounts? counts)
    {
        var card = new DeviceMemory(1 << 20);
        try
        {
            ulong address = card.Allocate((ulong)memory.Length * sizeof(ulong));
            var there = new Span<ulong>(card.Find(address)!.At(address), memory.Length);
            memory.CopyTo(there);
            byte[] parameters = BitConverter.GetBytes(address);
            var launch = new Launch(
                kernel, new(groups, 1, 1), new(threads, 1, 1), sharedBytes, parameters, card, capability, findRaces,
                Counts: counts);
            launch.Run(1);
            there.CopyTo(memory);
        }
        finally
        {
            card.Clear();
        }
    }
}
