using System.Collections.Concurrent;
using System.Numerics;

namespace GpuMlp.Devices.Memory;

/// <summary>
/// Memory for values that nobody disposes: a value keeps its buffer alive, and when the last value in a buffer is garbage the buffer comes
/// back here, queued by its finalizer and taken in at a later request.
/// </summary>
/// <remarks>
/// Small values lie side by side in one buffer, so that a finalizer serves dozens of them. Device memory is nothing that the garbage
/// collector sees, so the pool asks for a collection whenever as much as was last in use, and at least 4 MiB, has been handed out anew.
/// </remarks>
/// <param name="device">The device whose memory it is.</param>
/// <param name="slabs">Whether small values share buffers.</param>
sealed class DevicePool(ComputeDevice device, bool slabs)
{
    const int SlabLength = 1 << 14, LargestInSlab = 1 << 10, Alignment = 16, LeastLimit = 1 << 20;

    readonly ConcurrentQueue<MemoryBlock> returned = new();                      // filled by the finalizer thread too
    readonly Dictionary<int, Stack<MemoryBlock>> free = [];
    PooledBuffer? slab;
    DeviceSpan one;
    int used;
    long inUse, idle, limit = LeastLimit;

    /// <summary>A 1 that stays: the gradient that a scalar's backward pass begins with.</summary>
    internal DeviceSpan One
    {
        get
        {
            if (one.Buffer is null)
            {
                one = device.Allocate(1).All;
                device.CopyToDevice([1f], one);
            }
            return one;
        }
    }

    /// <summary>Room for a value of so many floats, whatever is in it; called inside a use of the device.</summary>
    internal DeviceSpan Take(int length)
    {
        if (length > LargestInSlab || !slabs)
        {
            PooledBuffer whole = Lend(Rounded(length));
            whole.Values = 1;
            return new DeviceSpan(whole, 0, length);
        }
        int padded = (length + Alignment - 1) / Alignment * Alignment;
        if (slab is null || used + padded > SlabLength) (slab, used) = (Lend(SlabLength), 0);
        var span = new DeviceSpan(slab, used, length);
        slab.Values++;
        used += padded;
        return span;
    }

    /// <summary>Room for a matrix of values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A buffer does not hold so many; the message begins with <paramref name="what"/>.</exception>
    internal DeviceSpan Take(int rows, int columns, string what) => Take(DeviceBuffer.LengthOf(rows, columns, what));

    // few lengths, so that buffers fit later values too, and at most an eighth more than is asked for
    static int Rounded(int length)
    {
        long step = Math.Max(Alignment, (long)BitOperations.RoundUpToPowerOf2((uint)length) / 16);
        long rounded = (length + step - 1) / step * step;
        return rounded <= DeviceBuffer.MostFloats ? (int)rounded : length;
    }

    /// <summary>Gives a value's room back before the garbage collector finds it.</summary>
    internal void Release(DeviceSpan value)
    {
        if (device.IsDisposed || !device.Gate.TryEnter()) return;              // it comes back once it is garbage
        using var use = new DeviceUse(device.Gate);
        if (value.Buffer is not PooledBuffer buffer || --buffer.Values > 0) return;
        if (buffer == slab) used = 0;
        else buffer.Dispose();
    }

    /// <summary>Takes memory back; called by finalizers too, on their thread.</summary>
    internal void Return(MemoryBlock memory) => returned.Enqueue(memory);

    PooledBuffer Lend(int length)
    {
        TakeIn();
        MemoryBlock? memory = Reuse(length);
        if (memory is null && inUse + length > limit)
        {
            Collect();
            memory = Reuse(length);
        }
        if (memory is null)
        {
            if (idle > limit) FreeIdle();
            memory = device.AllocateBlock(length);
        }
        inUse += length;
        return new PooledBuffer(device, memory);
    }

    MemoryBlock? Reuse(int length)
    {
        if (!free.TryGetValue(length, out Stack<MemoryBlock>? stack) || !stack.TryPop(out MemoryBlock? memory)) return null;
        idle -= length;
        return memory;
    }

    void TakeIn()
    {
        while (returned.TryDequeue(out MemoryBlock? memory))
        {
            if (!free.TryGetValue(memory.Length, out Stack<MemoryBlock>? stack)) free[memory.Length] = stack = new Stack<MemoryBlock>();
            stack.Push(memory);
            inUse -= memory.Length;
            idle += memory.Length;
        }
    }

    // most values die young; a full collection only where that brought little
    void Collect()
    {
        ComputeDevice.CollectGarbage(1);
        TakeIn();
        if (inUse > limit / 2)
        {
            ComputeDevice.CollectGarbage(GC.MaxGeneration);
            TakeIn();
        }
        limit = Math.Max(LeastLimit, 2 * inUse);
    }

    /// <summary>Gives the device back what no value holds.</summary>
    internal void FreeIdle()
    {
        TakeIn();
        foreach (Stack<MemoryBlock> stack in free.Values)
            while (stack.TryPop(out MemoryBlock? memory)) device.Free(memory);
        idle = 0;
    }
}

/// <summary>A pool's memory while values hold it: it goes back when they dispose it or are garbage.</summary>
sealed class PooledBuffer(ComputeDevice device, MemoryBlock memory) : DeviceBuffer(device, memory)
{
    /// <summary>Values in it that nobody released.</summary>
    internal int Values { get; set; }

    private protected override void Release(MemoryBlock? memory, bool finalizing) => Device.Pool.Return(memory!);
}
