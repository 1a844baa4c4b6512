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
    const int Rows = 4, Points = 64, All = Rows * Points, Columns = 1024, Levels = 5;

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
        var totals = LocalMemory.Allocate1D<float>(All);
        var sums = LocalMemory.Allocate1D<float>(Levels * All);    // a stack: the one being made, and those that wait for their other half
        int w = set * band.SetLength, v = w + secondLayer, last = band.Height - 1;
        // rows past the last repeat it, and are not stored
        float ya = band.Y[row], yb = band.Y[row + 1 < last ? row + 1 : last], yc = band.Y[row + 2 < last ? row + 2 : last];
        float yd = band.Y[row + 3 < last ? row + 3 : last], bias = band.Parameters[v + hidden];
        for (int column = start; column < end; column += Points)
        {
            int count = end - column < Points ? end - column : Points;
            for (int s = 0; s < Points; s++) x[s] = band.X[column + (s < count ? s : 0)];
            for (int begin = 0; begin < hidden; begin += StridedSum.Block)
            {
                int stop = hidden - begin < StridedSum.Block ? hidden : begin + StridedSum.Block, top = 0;
                for (int q = 0; q < 16; q++, top += All)
                {
                    int k = begin + ((q & 1) << 3 | (q & 2) << 1 | (q & 4) >> 1 | q >> 3);
                    if (k < stop) Unit(x, sums, top, ya, yb, yc, yd, w + k, v + k, false);
                    else
                        for (int s = 0; s < All; s++) sums[top + s] = 0f;
                    for (k += 16; k < stop; k += 16) Unit(x, sums, top, ya, yb, yc, yd, w + k, v + k, true);
                    for (int bit = q; (bit & 1) != 0; bit >>= 1)
                    {
                        top -= All;
                        for (int s = 0; s < All; s++) sums[top + s] += sums[top + All + s];
                    }
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

    // a hidden unit's share of all the points' sums at top: the first one of a sum begins it
    void Unit(ArrayView<float> x, ArrayView<float> sums, int top, float ya, float yb, float yc, float yd, int w, int v, bool add)
    {
        float wx = band.Parameters[w], wy = band.Parameters[w + hidden], b = band.Parameters[w + 2 * hidden], u = band.Parameters[v];
        for (int s = 0; s < Points; s++)
        {
            float t = Rounding.Fma(x[s], wx, b);
            int i = top + s;
            sums[i] = Rounding.Fma(Hidden(Rounding.Fma(ya, wy, t)), u, add ? sums[i] : 0f);
            i += Points;
            sums[i] = Rounding.Fma(Hidden(Rounding.Fma(yb, wy, t)), u, add ? sums[i] : 0f);
            i += Points;
            sums[i] = Rounding.Fma(Hidden(Rounding.Fma(yc, wy, t)), u, add ? sums[i] : 0f);
            i += Points;
            sums[i] = Rounding.Fma(Hidden(Rounding.Fma(yd, wy, t)), u, add ? sums[i] : 0f);
        }
    }

    static float Hidden(float x) => ScalarLanes.First(THidden.Forward<ScalarLanes, ArrayView<float>>(ScalarLanes.Splat(x)));

    static float Output(float x) => ScalarLanes.First(TOutput.Forward<ScalarLanes, ArrayView<float>>(ScalarLanes.Splat(x)));
}
