using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Grids;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// <see cref="PopulationForward{TActivation, TOutput, TView}"/> for a GPU, of networks 2-h-1: a thread holds sixteen points of one network
/// in registers, and its group the network's units in shared memory.
/// </summary>
/// <param name="rows">The networks, their points and the results.</param>
/// <param name="hidden">Hidden units, two or more.</param>
/// <param name="secondLayer">Where the second layer begins in an arena.</param>
public readonly struct SharedPopulationTwoLayer<TActivation, TOutput, TView>(PopulationRows<TView> rows, int hidden, int secondLayer)
    : ISharedOp<TView>
    where TActivation : struct, IActivation where TOutput : struct, IActivation where TView : struct
{
    // neighbouring threads have neighbouring points, so the points of a thread are that far apart
    const int Threads = 32;

    const int PointsOfGroup = 16 * Threads;

    /// <inheritdoc/>
    public static int Lanes => Threads;

    /// <inheritdoc/>
    public static int SharedFloats => UnitsOfTwoLayers.SharedFloats;

    int Tiles => (rows.Points + PointsOfGroup - 1) / PointsOfGroup;

    /// <inheritdoc/>
    public int Groups => Tiles * rows.Count;

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int tiles = Tiles, network = group / tiles, point = group % tiles * PointsOfGroup + lane, count = rows.Points;
        int firstRow = T.GetInt(rows.Networks, NetworkRow.Length * (rows.First + network) + NetworkRow.FirstRow);
        TView x = T.From(rows.X, 2 * firstRow);
        // points past the last are computed as the last, and not stored
        var points = new Points(Load<T>(x, point), Load<T>(T.From(x, 1), point));
        int arena = (rows.First + network) * rows.ArenaLength;
        var units = new UnitsOfTwoLayers<TActivation, T, TView>(rows.Parameters, arena, hidden, secondLayer, shared);
        Sixteen sums = units.Sums<Points, TBarrier>(points, point < count, lane, Threads);
        if (point >= count) return;
        Eight bias = units.Bias;
        Store<T>(Eight.Add(sums.Low, bias), network * count + point, count - point);
        Store<T>(Eight.Add(sums.High, bias), network * count + point + 8 * Threads, count - point - 8 * Threads);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Sixteen Load<T>(TView x, int point) where T : struct, ILanes<T, TView> => new(
        Eight.LoadUpTo<T, TView>(x, 2 * point, 2 * Threads, 2 * (rows.Points - 1)),
        Eight.LoadUpTo<T, TView>(x, 2 * (point + 8 * Threads), 2 * Threads, 2 * (rows.Points - 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Store<T>(Eight z, int at, int left) where T : struct, ILanes<T, TView> =>
        EightActivations.Forward<TOutput, T, TView>(z).StoreUpTo<T, TView>(rows.Y, at, Threads, (left + Threads - 1) / Threads);

    readonly struct Points(Sixteen x, Sixteen y) : ISixteenPoints
    {
        readonly Sixteen x = x, y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Eight Low(Four unit) => Of(x.Low, y.Low, unit);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Eight High(Four unit) => Of(x.High, y.High, unit);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Eight Of(Eight x, Eight y, Four unit) => Eight.Fma(unit.V1, y, Eight.Fma(unit.V0, x, Eight.Splat(unit.V2)));
    }
}
