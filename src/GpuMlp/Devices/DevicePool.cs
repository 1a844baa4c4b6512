using System.Collections.Concurrent;
using System.Numerics;
using GpuMlp.Devices.Ops;

namespace GpuMlp.Devices;

/// <summary>
/// Memory for values that nobody disposes: a value keeps its buffer alive, and when the last value in a buffer is garbage the buffer comes
/// back here, queued by its finalizer and taken in at a later request.
/// </summary>
/// <remarks>
/// Small values lie side by side in one buffer, so that a finalizer serves dozens of them. Device memory is nothing that the garbage
/// collector sees, so the pool asks for a collection whenever as much as was last in use, and at least 4 MiB, has been handed out anew.
/// </remarks>
sealed class DevicePool(ComputeDevice device)
{
    const int SlabLength = 1 << 14, LargestInSlab = 1 << 10, Alignment = 16, LeastLimit = 1 << 20;

    readonly ConcurrentQueue<DeviceBuffer> returned = new();                     // filled by the finalizer thread too
    readonly Dictionary<int, Stack<DeviceBuffer>> free = [];
    PooledBuffer? slab;
    DeviceSpan one;
    int used;
    long inUse, idle, limit = LeastLimit;

    /// <summary>Floats in buffers that values hold or held at the last look.</summary>
    internal long InUse => inUse;

    /// <summary>A 1 that stays: the gradient that a scalar's backward pass begins with.</summary>
    internal DeviceSpan One
    {
        get
        {
            if (one.Buffer is null)
            {
                one = device.Allocate(1).All;
                device.Fill(one, 1f);
            }
            return one;
        }
    }

    /// <summary>Room for a value, whatever is in it.</summary>
    internal DeviceSpan Take(int length)
    {
        int padded = (length + Alignment - 1) / Alignment * Alignment;
        if (padded > LargestInSlab)
        {
            PooledBuffer whole = Lend((int)BitOperations.RoundUpToPowerOf2((uint)padded));
            whole.Values = 1;
            return new DeviceSpan(whole, 0, length);
        }
        if (slab is null || used + padded > SlabLength) (slab, used) = (Lend(SlabLength), 0);
        var span = new DeviceSpan(slab, used, length);
        slab.Values++;
        used += padded;
        return span;
    }

    /// <summary>Gives a value's room back before the garbage collector finds it.</summary>
    internal void Release(DeviceSpan value)
    {
        if (value.Buffer is not PooledBuffer buffer || --buffer.Values > 0) return;
        if (buffer == slab) used = 0;
        else buffer.Dispose();
    }

    /// <summary>Called by finalizers, on their thread.</summary>
    internal void Return(DeviceBuffer memory) => returned.Enqueue(memory);

    PooledBuffer Lend(int length)
    {
        TakeIn();
        DeviceBuffer? memory = Reuse(length);
        if (memory is null && inUse + length > limit)
        {
            Collect();
            memory = Reuse(length);
        }
        if (memory is null)
        {
            if (idle > limit) FreeIdle();
            memory = device.Allocate(length);
        }
        inUse += length;
        return new PooledBuffer(this, memory);
    }

    DeviceBuffer? Reuse(int length)
    {
        if (!free.TryGetValue(length, out Stack<DeviceBuffer>? stack) || !stack.TryPop(out DeviceBuffer? memory)) return null;
        idle -= length;
        return memory;
    }

    void TakeIn()
    {
        while (returned.TryDequeue(out DeviceBuffer? memory))
        {
            if (!free.TryGetValue(memory.Length, out Stack<DeviceBuffer>? stack)) free[memory.Length] = stack = new Stack<DeviceBuffer>();
            stack.Push(memory);
            inUse -= memory.Length;
            idle += memory.Length;
        }
    }

    // most values die young; a full collection only where that brought little
    void Collect()
    {
        Collect(1);
        if (inUse > limit / 2) Collect(GC.MaxGeneration);
        limit = Math.Max(LeastLimit, 2 * inUse);
    }

    void Collect(int generation)
    {
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        TakeIn();
    }

    void FreeIdle()
    {
        foreach (Stack<DeviceBuffer> stack in free.Values)
            while (stack.TryPop(out DeviceBuffer? memory)) memory.Dispose();
        idle = 0;
    }
}

/// <summary>A pool's memory while values hold it: it goes back when they dispose it or are garbage.</summary>
sealed class PooledBuffer : DeviceBuffer
{
    readonly DevicePool pool;
    readonly DeviceBuffer memory;

    internal PooledBuffer(DevicePool pool, DeviceBuffer memory) : base(memory) => (this.pool, this.memory) = (pool, memory);

    /// <summary>Values in it that nobody released.</summary>
    internal int Values { get; set; }

    public override void Dispose()
    {
        if (Disposed) return;
        Disposed = true;
        GC.SuppressFinalize(this);
        pool.Return(memory);
    }

    ~PooledBuffer()
    {
        if (!Disposed) pool.Return(memory);
    }
}
