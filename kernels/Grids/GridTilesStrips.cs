using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;
using GpuMlp.Kernels.Training;
using ILGPU;

namespace GpuMlp.Kernels.Grids;

/// <summary>
/// <see cref="GridTiles{THidden, TOutput, TView}"/> for OpenCL on a processor: 64 points go through all layers; a tile of four outputs lies in
/// private arrays and takes four inputs at a time, in loops that the driver's compiler turns into vectors.
/// </summary>
public readonly struct GridTilesStrips<THidden, TOutput>(
    GridBand<ArrayView<float>> band, NetworkShape shape, ArrayView<float> scratch, int widest, int groups) : IGroupOp<ArrayView<float>>
    where THidden : struct, IActivation where TOutput : struct, IActivation
{
    const int Points = 64, Outputs = 4, Levels = 5;

    /// <summary>Floats of scratch memory that a group needs: two layers' activations.</summary>
    public static int ScratchLength(int widest) => 2 * widest * Points;

    /// <inheritdoc/>
    public int Groups => groups;

    /// <inheritdoc/>
    public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, ArrayView<float>> where TScalar : struct, ILanes<TScalar, ArrayView<float>> where TBarrier : struct, IBarrier
    {
        var sums = LocalMemory.Allocate1D<float>(Levels * Points);
        int across = (band.Width + Points - 1) / Points;
        long strips = (long)band.Sets * band.Height * across;
        int end = (int)(strips * (group + 1) / groups);
        for (int item = (int)(strips * group / groups); item < end; item++)
        {
            int row = item / across, column = item % across * Points, count = band.Width - column < Points ? band.Width - column : Points;
            int p = row / band.Height * band.SetLength, from = group * 2 * widest * Points, to = from + widest * Points;
            float y = band.Y[row % band.Height];
            for (int s = 0; s < Points; s++) scratch[from + s] = band.X[column + (s < count ? s : 0)];
            for (int s = 0; s < Points; s++) scratch[from + Points + s] = y;
            for (int l = 0; l < shape.Depth; l++)
            {
                int i = shape.Width(l), o = shape.Width(l + 1);
                if (o == 1)
                {
                    Sum(sums, from, p, i);
                    if (l + 1 < shape.Depth)
                        for (int s = 0; s < Points; s++) scratch[to + s] = Hidden(sums[s]);
                    else
                        for (int s = 0; s < count; s++) band.Results[row * band.Width + column + s] = Output(sums[s]);
                }
                else Layer(sums, from, to, p, i, o);
                int other = from;
                from = to;
                to = other;
                p += shape.ArenaLength(l);
            }
        }
    }

    // each output from its bias over the inputs ascending; the last tile overlaps the one before it
    void Layer(ArrayView<float> sums, int from, int to, int p, int i, int o)
    {
        ArrayView<float> w = band.Parameters;
        int bias = p + i * o;
        for (int tile = 0; tile < o; tile += Outputs)
        {
            int u = o < Outputs || tile + Outputs <= o ? tile : o - Outputs;
            int u1 = u + 1 < o ? 1 : 0, u2 = u + 2 < o ? 2 : u1, u3 = u + 3 < o ? 3 : u2;
            float ba = w[bias + u], bb = w[bias + u + u1], bc = w[bias + u + u2], bd = w[bias + u + u3];
            for (int s = 0; s < Points; s++)
            {
                sums[s] = ba;
                sums[Points + s] = bb;
                sums[2 * Points + s] = bc;
                sums[3 * Points + s] = bd;
            }
            int k = 0;
            for (; k + 4 <= i; k += 4)
            {
                int q = p + k * o + u, x = from + k * Points;
                float a0 = w[q], b0 = w[q + u1], c0 = w[q + u2], d0 = w[q + u3];
                q += o;
                float a1 = w[q], b1 = w[q + u1], c1 = w[q + u2], d1 = w[q + u3];
                q += o;
                float a2 = w[q], b2 = w[q + u1], c2 = w[q + u2], d2 = w[q + u3];
                q += o;
                float a3 = w[q], b3 = w[q + u1], c3 = w[q + u2], d3 = w[q + u3];
                for (int s = 0; s < Points; s++)
                {
                    float x0 = scratch[x + s], x1 = scratch[x + Points + s], x2 = scratch[x + 2 * Points + s], x3 = scratch[x + 3 * Points + s];
                    sums[s] = Four(a0, a1, a2, a3, x0, x1, x2, x3, sums[s]);
                    sums[Points + s] = Four(b0, b1, b2, b3, x0, x1, x2, x3, sums[Points + s]);
                    sums[2 * Points + s] = Four(c0, c1, c2, c3, x0, x1, x2, x3, sums[2 * Points + s]);
                    sums[3 * Points + s] = Four(d0, d1, d2, d3, x0, x1, x2, x3, sums[3 * Points + s]);
                }
            }
            for (; k < i; k++)
            {
                int q = p + k * o + u, x = from + k * Points;
                float a = w[q], b = w[q + u1], c = w[q + u2], d = w[q + u3];
                for (int s = 0; s < Points; s++)
                {
                    sums[s] = Rounding.Fma(a, scratch[x + s], sums[s]);
                    sums[Points + s] = Rounding.Fma(b, scratch[x + s], sums[Points + s]);
                    sums[2 * Points + s] = Rounding.Fma(c, scratch[x + s], sums[2 * Points + s]);
                    sums[3 * Points + s] = Rounding.Fma(d, scratch[x + s], sums[3 * Points + s]);
                }
            }
            Activate(sums, 0, to + u * Points);
            Activate(sums, Points, to + (u + u1) * Points);
            Activate(sums, 2 * Points, to + (u + u2) * Points);
            Activate(sums, 3 * Points, to + (u + u3) * Points);
        }
    }

    void Activate(ArrayView<float> sums, int from, int to)
    {
        for (int s = 0; s < Points; s++) scratch[to + s] = Hidden(sums[from + s]);
    }

    static float Four(float a0, float a1, float a2, float a3, float x0, float x1, float x2, float x3, float sum) =>
        Rounding.Fma(a3, x3, Rounding.Fma(a2, x2, Rounding.Fma(a1, x1, Rounding.Fma(a0, x0, sum))));

    // one output: StridedSum's order, the partial sums with reversed bits on a stack, so that four of them wait at most; then the bias
    void Sum(ArrayView<float> sums, int from, int p, int count)
    {
        int top = 0;
        for (int q = 0; q < 16; q++, top += Points)
        {
            for (int s = 0; s < Points; s++) sums[top + s] = 0f;
            for (int k = (q & 1) << 3 | (q & 2) << 1 | (q & 4) >> 1 | q >> 3; k < count; k += 16)
            {
                float w = band.Parameters[p + k];
                for (int s = 0; s < Points; s++) sums[top + s] = Rounding.Fma(w, scratch[from + k * Points + s], sums[top + s]);
            }
            for (int bit = q; (bit & 1) != 0; bit >>= 1)
            {
                top -= Points;
                for (int s = 0; s < Points; s++) sums[top + s] += sums[top + Points + s];
            }
        }
        float bias = band.Parameters[p + count];
        for (int s = 0; s < Points; s++) sums[s] += bias;
    }

    static float Hidden(float x) => ScalarLanes.First(THidden.Forward<ScalarLanes, ArrayView<float>>(ScalarLanes.Splat(x)));

    static float Output(float x) => ScalarLanes.First(TOutput.Forward<ScalarLanes, ArrayView<float>>(ScalarLanes.Splat(x)));
}
