using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Grids;

/// <summary>
/// <see cref="GridTwoLayer{THidden, TOutput, TView}"/> for a GPU: a thread holds sixteen rows of one column in registers, and its group
/// the network's units in shared memory.
/// </summary>
public readonly struct SharedGridTwoLayer<THidden, TOutput, TView>(GridBand<TView> band, int hidden, int secondLayer) : ISharedOp<TView>
    where THidden : struct, IActivation where TOutput : struct, IActivation where TView : struct
{
    // of a thread, and of a group: 32 columns of four threads each
    const int ThreadRows = 16, Columns = 32, Rows = ThreadRows * 4;

    /// <inheritdoc/>
    public static int Lanes => Columns * Rows / ThreadRows;

    /// <inheritdoc/>
    public static int SharedFloats => UnitsOfTwoLayers.SharedFloats;

    int Across => (band.Width + Columns - 1) / Columns;

    int Down => (band.Height + Rows - 1) / Rows;

    /// <inheritdoc/>
    public int Groups => Across * Down * band.Sets;

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int across = Across, down = Down, strip = group / across, set = strip / down;
        int column = group % across * Columns + lane % Columns, row = strip % down * Rows + lane / Columns * ThreadRows;
        int last = band.Height - 1;
        bool works = column < band.Width && row <= last;
        // columns and rows past the last are computed as the last, and not stored
        float x = X<T>(column);
        var y = new Sixteen(Eight.LoadUpTo<T, TView>(band.Y, row, 1, last), Eight.LoadUpTo<T, TView>(band.Y, row + 8, 1, last));
        var units = new UnitsOfTwoLayers<THidden, T, TView>(band.Parameters, set * band.SetLength, hidden, secondLayer, shared);
        Sixteen sums = units.Sums<RowsOfColumn, TBarrier>(new RowsOfColumn(x, y), works, lane, Lanes);
        if (!works) return;
        Eight bias = units.Bias;
        int at = (set * band.Height + row) * band.Width + column;
        Store<T>(Eight.Add(sums.Low, bias), at, band.Height - row);
        Store<T>(Eight.Add(sums.High, bias), at + 8 * band.Width, band.Height - row - 8);
    }

    // a method of its own: of a condition in the argument of a call ILGPU 1.5.3 makes two copies of what follows it, barriers too
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    float X<T>(int column) where T : struct, ILanes<T, TView> => T.Get(band.X, column < band.Width ? column : band.Width - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Store<T>(Eight z, int at, int rows) where T : struct, ILanes<T, TView> =>
        EightActivations.Forward<TOutput, T, TView>(z).StoreUpTo<T, TView>(band.Results, at, band.Width, rows);

    readonly struct RowsOfColumn(float x, Sixteen y) : ISixteenPoints
    {
        readonly float x = x;
        readonly Sixteen y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Eight Low(Four unit) => Eight.Fma(unit.V1, y.Low, Start(unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Eight High(Four unit) => Eight.Fma(unit.V1, y.High, Start(unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Eight Start(Four unit) => Eight.Splat(Rounding.Fma(x, unit.V0, unit.V2));
    }
}
