using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Randomness;

namespace GpuMlp.Training;

/// <summary>Which rows each step trains on: draw number step · batch + r is row r of a step's batch.</summary>
public abstract class Picks
{
    /// <summary>Independent uniform draws over all rows, from the seed's sampling stream, made on the device.</summary>
    public static Picks Philox(ulong seed, int examples) => new PhiloxPicks(seed, examples);

    /// <summary>Rows that the caller drew: one an example of every step, in order.</summary>
    public static Picks Fixed(int[] rows) => new FixedPicks(rows);

    /// <summary>How many draws there are.</summary>
    internal virtual long Count => long.MaxValue;

    /// <summary>The seed, where the device draws for itself.</summary>
    internal virtual ulong? Seed => null;

    internal abstract void Fill(DeviceSpan picks, long firstDraw);

    sealed class PhiloxPicks(ulong seed, int examples) : Picks
    {
        internal override ulong? Seed => seed;

        internal override void Fill(DeviceSpan picks, long firstDraw) =>
            picks.Device.PickRows(picks, examples, seed, (uint)StreamPurpose.Sampling, (ulong)firstDraw);
    }

    sealed class FixedPicks(int[] rows) : Picks
    {
        internal override long Count => rows.Length;

        internal override void Fill(DeviceSpan picks, long firstDraw) => picks.Device.CopyToDevice(
            System.Runtime.InteropServices.MemoryMarshal.Cast<int, float>(rows.AsSpan((int)firstDraw, picks.Length)), picks);
    }
}
