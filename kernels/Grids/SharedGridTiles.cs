using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;

namespace GpuMlp.Kernels.Grids;

/// <summary>
/// <see cref="GridTiles{THidden, TOutput, TView}"/> for a GPU: a group takes 128 points through all layers, in a
/// <see cref="PointTile{THidden, T, TView}"/>.
/// </summary>
/// <param name="band">The grid and the parameters.</param>
/// <param name="shape">The network's widths: two inputs, one output, and else as <see cref="PointTile.Takes"/> says.</param>
public readonly struct SharedGridTiles<THidden, TOutput, TView>(GridBand<TView> band, NetworkShape shape) : ISharedOp<TView>
    where THidden : struct, IActivation where TOutput : struct, IActivation where TView : struct
{
    /// <inheritdoc/>
    public static int Lanes => PointTile.Points;

    /// <inheritdoc/>
    public static int SharedFloats => PointTile.SharedFloats;

    int Tiles => (band.Width * band.Height + PointTile.Points - 1) / PointTile.Points;

    /// <inheritdoc/>
    public int Groups => Tiles * band.Sets;

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int tiles = Tiles, count = band.Width * band.Height, set = group / tiles, point = group % tiles * PointTile.Points + lane;
        var tile = new PointTile<THidden, T, TView>(band.Parameters, set * band.SetLength, shape, shared, lane);
        // points past the last are computed as the last, and not stored
        int at = point < count ? point : count - 1;
        tile.SetInput(0, T.Get(band.X, at % band.Width));
        tile.SetInput(1, T.Get(band.Y, at / band.Width));
        int last = tile.Forward<TBarrier>();
        if (point >= count) return;
        T.Set(band.Results, set * count + point, EightActivations.Forward<TOutput, T, TView>(tile.Single(last)));
    }
}
