using GpuMlp.Devices;
using GpuMlp.Devices.Memory;

namespace GpuMlp.Training;

/// <summary>Copies of the parameter arena after steps 0, N, 2N, …, kept on the device until the run ends.</summary>
sealed class SnapshotStore : IDisposable
{
    readonly ComputeDevice device;
    DeviceBuffer buffer;
    readonly int arenaLength;

    internal SnapshotStore(ComputeDevice device, int arenaLength, int every, int steps)
    {
        (this.device, this.arenaLength) = (device, arenaLength);
        Every = every;
        Count = CountOf(steps);
        buffer = Allocate();
    }

    int CountOf(int steps) => Every == 0 || steps == 0 ? 0 : (steps - 1) / Every + 1;

    DeviceBuffer Allocate() => device.Allocate((long)Count * arenaLength, $"{Count} snapshots, one every {Every} steps");

    /// <summary>Makes room for a run of that many steps; snapshots that were not read are lost.</summary>
    internal void Reserve(int steps)
    {
        if (CountOf(steps) <= Count) return;
        Count = CountOf(steps);
        buffer.Dispose();
        buffer = Allocate();
    }

    /// <summary>N; 0 for no snapshots.</summary>
    internal int Every { get; }

    internal int Count { get; private set; }

    internal DeviceSpan All => buffer.All;

    /// <summary>Where the snapshot after a step goes; null if no snapshot follows it.</summary>
    internal DeviceSpan? After(int step) => Every > 0 && step % Every == 0 ? Slot(step / Every) : null;

    internal float[] Read(int slot)
    {
        var parameters = new float[arenaLength];
        device.CopyToHost(Slot(slot), parameters);
        return parameters;
    }

    DeviceSpan Slot(int slot) => buffer.All.Slice(slot * arenaLength, arenaLength);

    public void Dispose() => buffer.Dispose();
}
