using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>One step of stochastic gradient descent over a flat buffer of n parameters: w = fma(-rate, dw, w).</summary>
public readonly struct SgdStep<TView>(TView w, TView dw, float rate, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        T down = T.Splat(-rate);
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T.Store(w, i, T.Fma(down, T.Load(dw, i), T.Load(w, i)), n - i);
        }
    }
}
