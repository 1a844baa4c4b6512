using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Grids;

/// <summary>
/// <see cref="GridTwoLayer{THidden, TOutput, TView}"/> for a GPU: a thread holds sixteen rows of one column in registers, and its group
/// the network's units in shared memory, a block of the sum over units at a time.
/// </summary>
/// <remarks>
/// A unit is four floats, its weights of x and y, its bias and its weight in the output, which a thread reads at once. The units of one
/// partial sum lie one after the other, sixteen places per partial sum.
/// </remarks>
public readonly struct SharedGridTwoLayer<THidden, TOutput, TView>(GridBand<TView> band, int hidden, int secondLayer) : ISharedOp<TView>
    where THidden : struct, IActivation where TOutput : struct, IActivation where TView : struct
{
    // of a thread, and of a group: 32 columns of four threads each
    const int ThreadRows = 16, Columns = 32, Rows = ThreadRows * 4;

    const int UnitFloats = 4, PartialFloats = UnitFloats * BlockedSum.Length / StridedSum.Partials;

    /// <inheritdoc/>
    public static int Lanes => Columns * Rows / ThreadRows;

    /// <inheritdoc/>
    public static int SharedFloats => UnitFloats * BlockedSum.Length;

    int Across => (band.Width + Columns - 1) / Columns;

    int Down => (band.Height + Rows - 1) / Rows;

    /// <inheritdoc/>
    public int Groups => Across * Down * band.Sets;

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int across = Across, down = Down, strip = group / across, set = strip / down;
        int column = group % across * Columns + lane % Columns, row = strip % down * Rows + lane / Columns * ThreadRows;
        int last = band.Height - 1, w = set * band.SetLength;
        bool works = column < band.Width && row <= last;                  // the others wait at the barriers all the same
        float x = T.Get(band.X, works ? column : 0);
        // rows past the last are computed as the last, and not stored
        var y = new Sixteen(Eight.LoadUpTo<T, TView>(band.Y, row, last), Eight.LoadUpTo<T, TView>(band.Y, row + 8, last));
        Sixteen total = default;
        for (int begin = 0; begin < hidden; begin += BlockedSum.Length)
        {
            int stop = BlockedSum.Stop(begin, hidden);
            if (begin > 0) TBarrier.Wait(Lanes);
            CopyUnits<T>(w, begin, stop, shared, lane);
            TBarrier.Wait(Lanes);
            if (works) total = AddBlock<T>(total, shared, begin, stop - begin, x, y);
        }
        if (!works) return;
        var bias = Eight.Splat(T.Get(band.Parameters, w + secondLayer + hidden));
        int at = (set * band.Height + row) * band.Width + column;
        Store<T>(Eight.Add(total.Low, bias), at, band.Height - row);
        Store<T>(Eight.Add(total.High, bias), at + 8 * band.Width, band.Height - row - 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Store<T>(Eight z, int at, int rows) where T : struct, ILanes<T, TView> =>
        EightActivations.Forward<TOutput, T, TView>(z).StoreUpTo<T, TView>(band.Results, at, band.Width, rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void CopyUnits<T>(int w, int begin, int stop, TView shared, int lane) where T : struct, ILanes<T, TView>
    {
        for (int k = begin + lane; k < stop; k += Lanes)
        {
            int term = k - begin, at = term % StridedSum.Partials * PartialFloats + term / StridedSum.Partials * UnitFloats;
            TView unit = T.From(shared, at);
            T.Set(unit, 0, T.Get(band.Parameters, w + k));
            T.Set(unit, 1, T.Get(band.Parameters, w + hidden + k));
            T.Set(unit, 2, T.Get(band.Parameters, w + 2 * hidden + k));
            T.Set(unit, 3, T.Get(band.Parameters, w + secondLayer + k));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Sixteen AddBlock<T>(Sixteen total, TView shared, int begin, int units, float x, Sixteen y) where T : struct, ILanes<T, TView>
    {
        Sixteen block = default;
        // a loop, because a compiler copies the activation sixteen times for each partial sum that is written out
        for (int half = 0; half < 2; half++)
        {
            Sixteen s = Sixteen.Add(Quarter<T>(shared, half, units, x, y), Quarter<T>(shared, half + 2, units, x, y));
            block = half == 0 ? s : Sixteen.Add(block, s);
        }
        return begin == 0 ? block : Sixteen.Add(total, block);
    }

    // the partial sums j, j + 4, j + 8 and j + 12 of a block, added as the tree of StridedSum adds them
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Sixteen Quarter<T>(TView shared, int j, int units, float x, Sixteen y) where T : struct, ILanes<T, TView> => Sixteen.Add(
        Sixteen.Add(Partial<T>(shared, j, units, x, y), Partial<T>(shared, j + 8, units, x, y)),
        Sixteen.Add(Partial<T>(shared, j + 4, units, x, y), Partial<T>(shared, j + 12, units, x, y)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Sixteen Partial<T>(TView shared, int q, int units, float x, Sixteen y) where T : struct, ILanes<T, TView>
    {
        Eight low = default, high = default;
        TView unit = T.From(shared, q * PartialFloats);
        for (int left = units - q; left > 0; left -= StridedSum.Partials)
        {
            Four w = T.GetFour(unit, 0);
            unit = T.From(unit, UnitFloats);
            var t = Eight.Splat(Rounding.Fma(x, w.V0, w.V2));
            low = Eight.Fma(w.V3, EightActivations.Forward<THidden, T, TView>(Eight.Fma(w.V1, y.Low, t)), low);
            high = Eight.Fma(w.V3, EightActivations.Forward<THidden, T, TView>(Eight.Fma(w.V1, y.High, t)), high);
        }
        return new(low, high);
    }

    readonly struct Sixteen(Eight low, Eight high)
    {
        internal readonly Eight Low = low, High = high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static Sixteen Add(Sixteen a, Sixteen b) => new(Eight.Add(a.Low, b.Low), Eight.Add(a.High, b.High));
    }
}
