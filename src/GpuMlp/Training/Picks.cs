using System.Runtime.InteropServices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Randomness;

namespace GpuMlp.Training;

/// <summary>Which rows each step trains on: pick number step · batch + r is row r of a step's batch.</summary>
public abstract class Picks
{
    private protected Picks() { }

    /// <summary>
    /// Picks that the device draws: independent and uniform over rows 0 to examples - 1, from the seed's sampling stream.
    /// </summary>
    /// <param name="seed">Equal seeds give equal picks.</param>
    /// <param name="examples">How many rows to draw from, counted from the data's first; a trainer refuses more than its data has.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="examples"/> is below 1.</exception>
    public static Picks Philox(ulong seed, int examples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        return new PhiloxPicks(seed, examples);
    }

    /// <summary>Picks that the caller drew.</summary>
    /// <param name="rows">
    /// The row of each pick, in order: steps · batch rows. They are copied. A trainer refuses too few, and rows that its data does not
    /// have.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="rows"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row is negative.</exception>
    public static Picks Fixed(int[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int negative = Array.FindIndex(rows, row => row < 0);
        if (negative >= 0) throw new ArgumentOutOfRangeException(nameof(rows), rows[negative], $"pick {negative} is a negative row");
        return new FixedPicks([.. rows]);
    }

    /// <summary>
    /// Every row in its order, again and again. With a batch of all rows each step is one of full-batch gradient descent.
    /// </summary>
    /// <param name="examples">How many rows there are; a trainer refuses more than its data has.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="examples"/> is below 1.</exception>
    public static Picks InOrder(int examples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        return new OrderedPicks(examples);
    }

    /// <summary>The number of picks.</summary>
    internal abstract long Count { get; }

    /// <summary>The seed if the device draws the picks, else null.</summary>
    internal abstract ulong? Seed { get; }

    /// <summary>All picks are rows below this.</summary>
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

    sealed class OrderedPicks(int examples) : Picks
    {
        internal override long Count => long.MaxValue;

        internal override ulong? Seed => null;

        internal override int Examples => examples;

        internal override void Fill(DeviceSpan picks, long firstDraw)
        {
            var rows = new int[picks.Length];
            for (int k = 0; k < rows.Length; k++) rows[k] = (int)((firstDraw + k) % examples);
            picks.Device.CopyToDevice(MemoryMarshal.Cast<int, float>(rows), picks);
        }
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
