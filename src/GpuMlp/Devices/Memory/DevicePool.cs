using System.Collections.Concurrent;
using System.Numerics;

namespace GpuMlp.Devices.Memory;

/// <summary>
/// Memory for values that nobody disposes. A value keeps its buffer alive; when all values in a buffer are garbage, its finalizer queues
/// the buffer, and a later request takes it back.
/// </summary>
/// <remarks>
/// Small values lie side by side in one buffer, so that one finalizer serves dozens of them. The garbage collector does not see device
/// memory. So the pool asks for a collection whenever it has handed out as much as was in use after the last one, and at least 4 MiB.
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

    /// <summary>A lasting 1: the gradient that a scalar's backward pass begins with.</summary>
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

    /// <summary>Memory for a value of that many floats, with any content; called while the device is in use.</summary>
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

    /// <summary>Memory for a matrix of values, with any content.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// No buffer holds that many floats; the message begins with <paramref name="what"/>.
    /// </exception>
    internal DeviceSpan Take(int rows, int columns, string what) => Take(DeviceBuffer.LengthOf(rows, columns, what));

    // rounds up to one of a few lengths, so that buffers also fit later values, but by at most an eighth
    static int Rounded(int length)
    {
        long step = Math.Max(Alignment, (long)BitOperations.RoundUpToPowerOf2((uint)length) / 16);
        long rounded = (length + step - 1) / step * step;
        return rounded <= DeviceBuffer.MostFloats ? (int)rounded : length;
    }

    /// <summary>Takes a value's memory back before the garbage collector finds it.</summary>
    internal void Release(DeviceSpan value)
    {
        if (device.IsDisposed || !device.Gate.TryEnter()) return;              // it comes back when it is garbage
        using var use = new DeviceUse(device.Gate);
        if (value.Buffer is not PooledBuffer buffer || --buffer.Values > 0) return;
        if (buffer == slab) used = 0;
        else buffer.Dispose();
    }

    /// <summary>Takes memory back; finalizers call this as well, on their thread.</summary>
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

    // collects young objects, since most values die young; collects everything only if that freed little
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

    /// <summary>Frees the memory that no value holds.</summary>
    internal void FreeIdle()
    {
        TakeIn();
        foreach (Stack<MemoryBlock> stack in free.Values)
            while (stack.TryPop(out MemoryBlock? memory)) device.Free(memory);
        idle = 0;
    }
}

/// <summary>Memory of the pool while values hold it; it goes back when they dispose it or are garbage.</summary>
sealed class PooledBuffer(ComputeDevice device, MemoryBlock memory) : DeviceBuffer(device, memory)
{
    /// <summary>The number of values in it that nobody has released.</summary>
    internal int Values { get; set; }

    private protected override void Release(MemoryBlock? memory, bool finalizing) => Device.Pool.Return(memory!);
}
