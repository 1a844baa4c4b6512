using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Grids;

/// <summary>
/// The classes of n logits, four bytes packed into each integer: 1 where the logit is positive (a probability above ½), 255 where it is
/// NaN, else 0.
/// </summary>
public readonly struct PackClasses<TView>(TView logits, TView classes, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + 3) / 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride)
        {
            int i = item * 4, packed = Class(T.Get(logits, i));
            if (i + 1 < n) packed |= Class(T.Get(logits, i + 1)) << 8;
            if (i + 2 < n) packed |= Class(T.Get(logits, i + 2)) << 16;
            if (i + 3 < n) packed |= Class(T.Get(logits, i + 3)) << 24;
            T.SetInt(classes, item, packed);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Class(float logit) => logit > 0f ? 1 : logit <= 0f ? 0 : 255;
}
