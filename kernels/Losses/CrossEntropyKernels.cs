using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;
using GpuMlp.Kernels.Sums;

namespace GpuMlp.Kernels.Losses;

/// <summary>
/// Cross-entropy of logits z (n,c) against class numbers y (n): values (n) = ln Σ e^(z - max) - (z_y - max), and
/// dz (n,c) = (softmax(z) - 1 at column y) / n, both times the weight of the row's class. A label that is no class gives NaN.
/// </summary>
public readonly struct CrossEntropy<TLabel, TView>(TView z, TView y, TView values, TView dz, int n, int c) : IOp<TView>
    where TLabel : struct, IClassLabel where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => n;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T count = T.Splat(n);
        for (int row = first; row < end; row += stride)
        {
            int at = row * c, label = TLabel.Class<T, TView>(y, row, c);
            float weight = TLabel.Weight<T, TView>(y, values, row);
            float largest = Softmax.Largest<T, TView>(z, at, c);
            float sum = Softmax.Exponentials<T, TView>(z, dz, at, c, largest);
            float log = T.First(Exponentials.Log<T, TView>(T.Splat(sum)));
            float loss = label >= 0 ? log - (T.Get(z, at + label) - largest) : float.NaN;
            T.Set(values, row, T.First(TLabel.Weigh<T, TView>(T.Splat(loss), weight)));
            for (int k = 0; k < c; k += T.Width)
            {
                T p = T.Divide(T.Load(dz, at + k), T.Splat(sum));
                T isNot = T.Subtract(T.Indices, T.Splat(label - k));
                T one = T.SelectLess(isNot, T.Splat(0f), T.Splat(0f), T.SelectGreater(isNot, T.Splat(0f), T.Splat(0f), T.Splat(1f)));
                T.Store(dz, at + k, TLabel.Weigh<T, TView>(T.Divide(T.Subtract(p, one), count), weight), c - k);
            }
        }
    }
}
