using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>
/// One step of torch.optim.SGD over n parameters: g = dw + decay·w; v = momentum·v + g; w -= rate·v, or with Nesterov's
/// look-ahead (nesterov 1) w -= rate·(g + momentum·v).
/// </summary>
public readonly struct MomentumStep<TView>(TView w, TView dw, TView v, float rate, float momentum, float decay, int nesterov, int n) : IOp<TView>
    where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T down = T.Splat(-rate), keep = T.Splat(momentum), shrink = T.Splat(decay);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T value = T.Load(w, i), g = T.Fma(shrink, value, T.Load(dw, i)), velocity = T.Fma(keep, T.Load(v, i), g);
            T move = nesterov != 0 ? T.Fma(keep, velocity, g) : velocity;
            T.Store(v, i, velocity, n - i);
            T.Store(w, i, T.Fma(down, move, value), n - i);
        }
    }
}
