using System.Runtime.CompilerServices;

namespace GpuMlp.Devices;

/// <summary>Lets one thread at a time use a device: any thread may, one after the other, and a second one at the same time is refused.</summary>
/// <remarks>
/// Every public call passes through here, so it has to cost next to nothing for the thread that used the device last, its owner. The owner
/// raises its depth and then looks whether it still is the owner. Another thread that wants the device first makes itself the owner, then
/// makes every processor see that (a barrier for the whole process), and then looks at the depth. So at least one of the two sees the
/// other, and the owner's way in needs no atomic operation.
/// </remarks>
sealed class ThreadGate(ComputeDevice device)
{
    const int Nobody = 0, Closed = -1;

    readonly Lock changing = new();
    int owner = Nobody;
    int depth;                                                     // calls that the owner is in, one inside the other

    /// <summary>Begins a call; the end of what this returns is its end.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the device.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal DeviceUse Enter()
    {
        int me = Environment.CurrentManagedThreadId;
        if (!EnterAgain(me) && !TryTake(me)) throw InUse();
        return new DeviceUse(this);
    }

    /// <summary>False if another thread is using the device.</summary>
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
        $"device {device.Description.Id} is in use by another thread; a device serves one thread at a time, so give each thread a device of its own");

    internal void Leave() => Volatile.Write(ref depth, depth - 1);

    /// <summary>Lets nobody in any more; called by the thread that is inside.</summary>
    internal void Close()
    {
        lock (changing) Volatile.Write(ref owner, Closed);
    }
}

/// <summary>While it lives its thread uses a device, which is not collected meanwhile.</summary>
readonly ref struct DeviceUse(ThreadGate gate)
{
    public void Dispose() => gate.Leave();
}
