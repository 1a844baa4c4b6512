using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Grids;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// <see cref="PopulationForward{TActivation, TOutput, TView}"/> for a GPU: a group takes 128 points of one network through all layers, in a
/// <see cref="PointTile{THidden, T, TView}"/>.
/// </summary>
/// <param name="rows">The networks, their points and the results.</param>
/// <param name="shape">The networks' widths, for which <see cref="PointTile.Takes"/> holds.</param>
public readonly struct SharedPopulationTiles<TActivation, TOutput, TView>(PopulationRows<TView> rows, NetworkShape shape)
    : ISharedOp<TView>
    where TActivation : struct, IActivation where TOutput : struct, IActivation where TView : struct
{
    /// <inheritdoc/>
    public static int Lanes => PointTile.Points;

    /// <inheritdoc/>
    public static int SharedFloats => PointTile.SharedFloats;

    int Tiles => (rows.Points + PointTile.Points - 1) / PointTile.Points;

    /// <inheritdoc/>
    public int Groups => Tiles * rows.Count;

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int tiles = Tiles, network = group / tiles, point = group % tiles * PointTile.Points + lane, count = rows.Points;
        int arena = (rows.First + network) * rows.ArenaLength;
        var tile = new PointTile<TActivation, T, TView>(rows.Parameters, arena, shape, shared, lane);
        // points past the last are computed as the last, and not stored
        int row = T.GetInt(rows.Networks, NetworkRow.Length * (rows.First + network) + NetworkRow.FirstRow);
        row += point < count ? point : count - 1;
        int features = shape.Width(0), outputs = shape.Width(shape.Depth);
        TView x = T.From(rows.X, row * features);
        for (int f = 0; f < features; f++) tile.SetInput(f, T.Get(x, f));
        int last = tile.Forward<TBarrier>();
        if (point >= count) return;
        for (int o = 0; o < outputs; o++)
        {
            float z = outputs == 1 ? tile.Single(last) : tile.OneOf(last, o, outputs);
            T.Set(rows.Y, (network * outputs + o) * count + point, EightActivations.Forward<TOutput, T, TView>(z));
        }
    }
}
