using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;
using ILGPU;

namespace GpuMlp.Kernels.Grids;

/// <summary>
/// <see cref="GridTwoLayer{THidden, TOutput, TView}"/> for OpenCL on a processor: four rows of 64 points in private arrays, whose loops the
/// driver's compiler turns into vectors.
/// </summary>
public readonly struct GridTwoLayerStrips<THidden, TOutput>(GridBand<ArrayView<float>> band, int hidden, int secondLayer) : IGroupOp<ArrayView<float>>
    where THidden : struct, IActivation where TOutput : struct, IActivation
{
    const int Rows = 4, Points = 64, All = Rows * Points, Columns = 1024, Levels = 4;

    int Across => (band.Width + Columns - 1) / Columns;

    int Down => (band.Height + Rows - 1) / Rows;

    /// <inheritdoc/>
    public int Groups => Across * Down * band.Sets;

    /// <inheritdoc/>
    public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, ArrayView<float>> where TScalar : struct, ILanes<TScalar, ArrayView<float>> where TBarrier : struct, IBarrier
    {
        int start = group % Across * Columns, row = group / Across % Down * Rows, set = group / Across / Down;
        int end = band.Width - start < Columns ? band.Width : start + Columns;
        var x = LocalMemory.Allocate1D<float>(Points);
        var sums = LocalMemory.Allocate1D<float>(All);
        var totals = LocalMemory.Allocate1D<float>(All);
        var waiting = LocalMemory.Allocate1D<float>(Levels * All);
        int w = set * band.SetLength, v = w + secondLayer;
        int last = band.Height - 1;                               // rows past it repeat it, and are not stored
        float ya = band.Y[row], yb = band.Y[row + 1 < last ? row + 1 : last], yc = band.Y[row + 2 < last ? row + 2 : last];
        float yd = band.Y[row + 3 < last ? row + 3 : last], bias = band.Parameters[v + hidden];
        for (int column = start; column < end; column += Points)
        {
            int count = end - column < Points ? end - column : Points;
            for (int s = 0; s < Points; s++) x[s] = band.X[column + (s < count ? s : 0)];
            for (int begin = 0; begin < hidden; begin += StridedSum.Block)
            {
                int stop = hidden - begin < StridedSum.Block ? hidden : begin + StridedSum.Block;
                for (int q = 0; q < 16; q++)
                {
                    for (int s = 0; s < All; s++) sums[s] = 0f;
                    for (int k = begin + ((q & 1) << 3 | (q & 2) << 1 | (q & 4) >> 1 | q >> 3); k < stop; k += 16)
                    {
                        float wx = band.Parameters[w + k], wy = band.Parameters[w + hidden + k];
                        float b = band.Parameters[w + 2 * hidden + k], u = band.Parameters[v + k];
                        for (int s = 0; s < Points; s++)
                        {
                            float t = Rounding.Fma(x[s], wx, b);
                            sums[s] = Rounding.Fma(Hidden(Rounding.Fma(ya, wy, t)), u, sums[s]);
                            sums[Points + s] = Rounding.Fma(Hidden(Rounding.Fma(yb, wy, t)), u, sums[Points + s]);
                            sums[2 * Points + s] = Rounding.Fma(Hidden(Rounding.Fma(yc, wy, t)), u, sums[2 * Points + s]);
                            sums[3 * Points + s] = Rounding.Fma(Hidden(Rounding.Fma(yd, wy, t)), u, sums[3 * Points + s]);
                        }
                    }
                    int level = 0;
                    for (int bit = q; (bit & 1) != 0; bit >>= 1, level++)
                        for (int s = 0; s < All; s++) sums[s] = waiting[level * All + s] + sums[s];
                    if (level < Levels)
                        for (int s = 0; s < All; s++) waiting[level * All + s] = sums[s];
                }
                if (begin == 0)
                    for (int s = 0; s < All; s++) totals[s] = sums[s];
                else
                    for (int s = 0; s < All; s++) totals[s] += sums[s];
            }
            for (int s = 0; s < All; s++) totals[s] = Output(totals[s] + bias);
            for (int r = 0; r < Rows && row + r < band.Height; r++)
            {
                int at = (set * band.Height + row + r) * band.Width + column;
                for (int s = 0; s < count; s++) band.Results[at + s] = totals[r * Points + s];
            }
        }
    }

    static float Hidden(float x) => ScalarLanes.First(THidden.Forward<ScalarLanes, ArrayView<float>>(ScalarLanes.Splat(x)));

    static float Output(float x) => ScalarLanes.First(TOutput.Forward<ScalarLanes, ArrayView<float>>(ScalarLanes.Splat(x)));
}
