using System.Runtime.CompilerServices;

namespace GpuMlp.Devices;

/// <summary>Lets one thread at a time use a device: any thread may, but a call is refused while another thread is in one.</summary>
/// <remarks>
/// Every public call passes through here, so it has to cost next to nothing for the owner, the thread that used the device last. The owner
/// first raises its depth and then checks that it is still the owner. A thread that wants to take over first makes itself the owner, then
/// issues a memory barrier for the whole process, and then reads the depth. So at least one of the two sees what the other did, and the
/// owner needs no atomic operation.
/// </remarks>
sealed class ThreadGate(ComputeDevice device)
{
    const int Nobody = 0, Closed = -1;

    readonly Lock changing = new();
    int owner = Nobody;
    int depth;                                                     // nested calls of the owner

    /// <summary>Begins a call; disposing the result ends it.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the device.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal DeviceUse Enter()
    {
        int me = Environment.CurrentManagedThreadId;
        if (!EnterAgain(me) && !TryTake(me)) throw InUse();
        return new DeviceUse(this);
    }

    /// <summary>Begins a call unless another thread is using the device; returns whether it did.</summary>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    internal bool TryEnter()
    {
        int me = Environment.CurrentManagedThreadId;
        return EnterAgain(me) || TryTake(me);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool EnterAgain(int me)
    {
        if (owner != me) return false;
        Volatile.Write(ref depth, depth + 1);
        if (Volatile.Read(ref owner) == me) return true;
        Volatile.Write(ref depth, depth - 1);
        return false;
    }

    bool TryTake(int me)
    {
        lock (changing)
        {
            int before = owner;
            if (before == Closed) throw new ObjectDisposedException(nameof(ComputeDevice), $"device {device.Description.Id} was disposed");
            if (before != me)
            {
                Volatile.Write(ref owner, me);
                Interlocked.MemoryBarrierProcessWide();
                if (Volatile.Read(ref depth) != 0)
                {
                    Volatile.Write(ref owner, before);
                    return false;
                }
            }
            Volatile.Write(ref depth, depth + 1);
            return true;
        }
    }

    InvalidOperationException InUse() => new(
        $"device {device.Description.Id} is in use by another thread; a device serves one thread at a time, "
        + "so give each thread a device of its own");

    internal void Leave() => Volatile.Write(ref depth, depth - 1);

    /// <summary>Refuses all further calls; called by the thread that is using the device.</summary>
    internal void Close()
    {
        lock (changing) Volatile.Write(ref owner, Closed);
    }
}

/// <summary>A thread's use of a device, from its creation to its disposal; it also keeps the device from being collected.</summary>
readonly ref struct DeviceUse(ThreadGate gate)
{
    public void Dispose() => gate.Leave();
}
