using System.Runtime.InteropServices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Randomness;

namespace GpuMlp.Training;

/// <summary>Which rows each step trains on: draw number step · batch + r is row r of a step's batch.</summary>
public abstract class Picks
{
    private protected Picks() { }

    /// <summary>Independent uniform draws over rows 0 … examples - 1, from the seed's sampling stream, made on the device.</summary>
    /// <param name="seed">Equal seeds give equal draws.</param>
    /// <param name="examples">How many of the data's rows are drawn from: its first ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one example. A trainer refuses more than its data has.</exception>
    public static Picks Philox(ulong seed, int examples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        return new PhiloxPicks(seed, examples);
    }

    /// <summary>Rows that the caller drew: one an example of every step, in order. They are copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is negative. A trainer refuses rows that its data has not.</exception>
    public static Picks Fixed(int[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int negative = Array.FindIndex(rows, row => row < 0);
        if (negative >= 0) throw new ArgumentOutOfRangeException(nameof(rows), rows[negative], $"pick {negative} is a negative row");
        return new FixedPicks([.. rows]);
    }

    /// <summary>How many draws there are.</summary>
    internal abstract long Count { get; }

    /// <summary>The seed, where the device draws for itself.</summary>
    internal abstract ulong? Seed { get; }

    /// <summary>How many of the data's rows may be drawn: none is this or more.</summary>
    internal abstract int Examples { get; }

    internal abstract void Fill(DeviceSpan picks, long firstDraw);

    sealed class PhiloxPicks(ulong seed, int examples) : Picks
    {
        internal override long Count => long.MaxValue;

        internal override ulong? Seed => seed;

        internal override int Examples => examples;

        internal override void Fill(DeviceSpan picks, long firstDraw) =>
            picks.Device.PickRows(picks, examples, seed, (uint)StreamPurpose.Sampling, (ulong)firstDraw);
    }

    sealed class FixedPicks(int[] rows) : Picks
    {
        internal override long Count => rows.Length;

        internal override ulong? Seed => null;

        internal override int Examples { get; } = rows.Length == 0 ? 0 : rows.Max() + 1;

        internal override void Fill(DeviceSpan picks, long firstDraw) =>
            picks.Device.CopyToDevice(MemoryMarshal.Cast<int, float>(rows.AsSpan((int)firstDraw, picks.Length)), picks);
    }
}
