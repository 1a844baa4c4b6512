using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Optimizers;

/// <summary>parts[k] = Σ dw² over block k of n gradients, as a strided sum.</summary>
public readonly struct SquaredBlocks<TView>(TView dw, TView parts, int n) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => SquaredBlocks.Count(n);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int block = first; block < end; block += stride)
        {
            int at = block * BlockedSum.Length;
            T.Set(parts, block, StridedSum.Dot<T, TView>(dw, at, dw, at, BlockedSum.Stop(at, n) - at));
        }
    }
}

/// <summary>The number of blocks into which gradients are cut for their norm.</summary>
public static class SquaredBlocks
{
    /// <summary>The number of blocks of n gradients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Count(int n) => BlockedSum.Count(n);
}

/// <summary>
/// scale[0] = min(1, limit / (norm + 10⁻⁶)), where norm is the root of the sum of count parts: torch.nn.utils.clip_grad_norm_.
/// </summary>
public readonly struct ClipScale<TView>(TView parts, TView scale, float limit, int count) : IOp<TView> where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        if (first != 0) return;
        float norm = Rounding.Sqrt(StridedSum.Sum<T, TView>(parts, 0, count));
        float ratio = Rounding.Divide(limit, norm + 1e-6f);
        T.Set(scale, 0, ratio < 1f ? ratio : 1f);
    }
}
