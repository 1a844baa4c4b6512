using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using GpuMlp.Devices.Memory;
using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Tests.Misuse;

/// <summary>Memory in which every access outside a buffer, or after the buffer's end, is found.</summary>
static class WatchedMemory
{
    /// <summary>A NaN that no arithmetic produces.</summary>
    internal const uint Canary = 0x7FABCDEF;

    static readonly ConcurrentQueue<string> Found = new();

    /// <summary>What was found since the last call.</summary>
    internal static IEnumerable<string> TakeFinds()
    {
        while (Found.TryDequeue(out string? find)) yield return find;
    }

    /// <summary>On the host of a Linux machine memory between protected pages, elsewhere memory between canaries.</summary>
    internal static MemoryBlock New(Accelerator accelerator, int length, bool host) =>
        host && OperatingSystem.IsLinux() ? new GuardedBlock(length) : host ? new HostBlock(length) : new CanaryBlock(accelerator, length);

    internal static void Check(ReadOnlySpan<uint> canaries, string where)
    {
        int touched = canaries.IndexOfAnyExcept(Canary);
        if (touched >= 0) Found.Enqueue($"{BitConverter.UInt32BitsToSingle(canaries[touched]):R} was written {where}");
    }
}

/// <summary>Host memory that ends at a protected page; after it is freed, all of it is protected.</summary>
sealed unsafe class GuardedBlock : MemoryBlock
{
    const int Page = 4096, Vector = 64, None = 0, ReadWrite = 3, PrivateAnonymous = 0x22, MostKept = 4000;

    static readonly Queue<(nint Address, nuint Bytes)> Gone = new();

    readonly nint mapping;
    readonly nuint bytes;

    internal GuardedBlock(int length) : base(length)
    {
        long data = (((long)length + Slack) * sizeof(float) + Vector - 1) / Vector * Vector, pages = (data + Page - 1) / Page;
        bytes = (nuint)((pages + 2) * Page);
        mapping = mmap(0, bytes, None, PrivateAnonymous, -1, 0);
        if (mapping == -1) throw new OutOfMemoryException("no address space is left");
        if (mprotect(mapping + Page, (nuint)(pages * Page), ReadWrite) != 0) throw new OutOfMemoryException("no memory is left");
        Pointer = mapping + (nint)((pages + 1) * Page - data);
        Around(out Span<uint> before, out Span<uint> after);
        before.Fill(WatchedMemory.Canary);
        after.Fill(WatchedMemory.Canary);
    }

    internal override nint Pointer { get; }

    void Around(out Span<uint> before, out Span<uint> after)
    {
        var first = (uint*)(mapping + Page);
        before = new(first, (int)((uint*)Pointer - first));
        uint* end = (uint*)Pointer + Length;
        after = new(end, (int)((uint*)(mapping + (nint)bytes - Page) - end));
    }

    internal override void Free()
    {
        Around(out Span<uint> before, out Span<uint> after);
        WatchedMemory.Check(before, $"before a buffer of {Length}");
        WatchedMemory.Check(after, $"past a buffer of {Length}");
        mprotect(mapping, bytes, None);
        lock (Gone)
        {
            Gone.Enqueue((mapping, bytes));
            while (Gone.Count > MostKept && Gone.TryDequeue(out var oldest)) munmap(oldest.Address, oldest.Bytes);
        }
    }

    [DllImport("libc", SetLastError = true)]
    static extern nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", SetLastError = true)]
    static extern int mprotect(nint address, nuint length, int protection);

    [DllImport("libc", SetLastError = true)]
    static extern int munmap(nint address, nuint length);
}

/// <summary>Device memory with canaries on both sides, which are checked when it is freed.</summary>
sealed class CanaryBlock : MemoryBlock
{
    const int Margin = 64;

    readonly MemoryBuffer1D<float, Stride1D.Dense> memory;

    internal CanaryBlock(Accelerator accelerator, int length) : base(length)
    {
        memory = accelerator.Allocate1D<float>(length + 2L * Margin);
        var values = new uint[length + 2 * Margin];
        values.AsSpan(0, Margin).Fill(WatchedMemory.Canary);
        values.AsSpan(Margin + length).Fill(WatchedMemory.Canary);
        memory.CopyFromCPU(MemoryMarshal.Cast<uint, float>(values).ToArray());
        View = memory.View.SubView(Margin, length + Slack);
    }

    internal override ArrayView<float> View { get; }

    internal override void Free()
    {
        ReadOnlySpan<uint> values = MemoryMarshal.Cast<float, uint>(memory.GetAsArray1D());
        WatchedMemory.Check(values[..Margin], $"before a buffer of {Length}");
        WatchedMemory.Check(values[(Margin + Length)..], $"past a buffer of {Length}");
        memory.Dispose();
    }
}
