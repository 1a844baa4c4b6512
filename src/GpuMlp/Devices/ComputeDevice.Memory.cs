using System.Collections.Concurrent;
using GpuMlp.Devices.Memory;
using ILGPU.Runtime;

namespace GpuMlp.Devices;

// the memory of a device: it is counted, limited, and taken back from objects that nobody disposed
public sealed partial class ComputeDevice
{
    readonly HashSet<MemoryBlock> blocks = [];
    readonly ConcurrentQueue<MemoryBlock> abandoned = new();                     // filled by the finalizer thread
    readonly Func<Accelerator, int, MemoryBlock> newBlock;
    DeviceBuffer? workspace;
    long liveBytes, collectAt = LeastCollection;

    // each buffer counts as at least four pages, because it costs more than its floats
    const long LeastCollection = 64 << 20, LeastCost = 16 << 10;

    /// <summary>
    /// Bytes of the machine's memory that are left for this program. Linux hands out more and ends the program when it uses them, so large
    /// work is compared with this number first.
    /// </summary>
    public static long AvailableHostMemory => DeviceMemory.OfHost();

    /// <summary>Whether groups share memory that is nearer than all other: those of a processor do not.</summary>
    internal bool HasNearMemory => launcher.HasNearMemory;

    /// <summary>A buffer of zeros.</summary>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    internal DeviceBuffer Allocate(int length) => new(this, AllocateBlock(length));

    /// <summary>A buffer of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// No buffer holds that many floats; the message begins with <paramref name="what"/>.
    /// </exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    internal DeviceBuffer Allocate(long length, string what) => Allocate(DeviceBuffer.LengthOf(length, what));

    /// <summary>
    /// Memory for one op to work in, with any content. All ops share it: on a device they run one after the other.
    /// </summary>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    internal DeviceSpan Workspace(long length)
    {
        if (workspace is null || workspace.Length < length)
        {
            workspace?.Dispose();
            workspace = null;
            workspace = Allocate(length, "an op's working memory");
        }
        return workspace.All.Slice(0, (int)length);
    }

    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    internal MemoryBlock AllocateBlock(int length)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        long needed = MemoryBlock.BytesOf(length);
        TakeBack();
        if (Math.Max(liveBytes, LeastCost * blocks.Count) + needed > collectAt)
        {
            CollectGarbage(GC.MaxGeneration);
            TakeBack();
            collectAt = Math.Max(LeastCollection, 2 * (Math.Max(liveBytes, LeastCost * blocks.Count) + needed));
        }
        try
        {
            return TryAllocate(needed, length);
        }
        catch (DeviceOutOfMemoryException)
        {
            CollectGarbage(GC.MaxGeneration);                      // garbage may hold enough memory
            TakeBack();
            Pool.FreeIdle();
            return TryAllocate(needed, length);
        }
    }

    MemoryBlock TryAllocate(long needed, int length)
    {
        long available = MemoryLimit - liveBytes;
        if (needed >= DeviceMemory.Large)
            available = Math.Min(available, DeviceMemory.Available(Accelerator, launcher.IsProcessor, liveBytes));
        if (needed > available) throw new DeviceOutOfMemoryException(Description, needed, available);
        try
        {
            MemoryBlock block = newBlock(Accelerator, length);
            blocks.Add(block);
            liveBytes += needed;
            return block;
        }
        catch (Exception e) when (e is OutOfMemoryException || (e is AcceleratorException failed && DeviceException.IsOutOfMemory(failed)))
        {
            long left = DeviceMemory.Available(Accelerator, launcher.IsProcessor, liveBytes);
            throw new DeviceOutOfMemoryException(Description, needed, left, e);
        }
        catch (AcceleratorException e)
        {
            throw new DeviceException(Description, "making a buffer", e);
        }
    }

    /// <summary>Collects garbage and waits for finalizers, which give back the buffers that nothing refers to.</summary>
    internal static void CollectGarbage(int generation)
    {
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
    }

    /// <summary>Frees memory; while another thread uses the device, sets it aside to be freed later.</summary>
    internal void Free(MemoryBlock block)
    {
        if (IsDisposed) return;
        if (!Gate.TryEnter())
        {
            Abandon(block);
            return;
        }
        using var use = new DeviceUse(Gate);
        if (!blocks.Remove(block)) return;
        liveBytes -= MemoryBlock.BytesOf(block.Length);
        block.Free();
    }

    /// <summary>Sets unused memory aside, to be freed at the next request; any thread may call this.</summary>
    internal void Abandon(MemoryBlock block) => abandoned.Enqueue(block);

    void TakeBack()
    {
        while (abandoned.TryDequeue(out MemoryBlock? block)) Free(block);
    }
}
