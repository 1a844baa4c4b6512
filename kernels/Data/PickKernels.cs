using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Randomness;

namespace GpuMlp.Kernels.Data;

/// <summary>Draws rows: picks[k] = the row of draw number (high, low) + k of a Philox stream, uniform over 0 … examples - 1.</summary>
/// <remarks>A draw depends on its number alone, so a run does not depend on how many draws a launch makes.</remarks>
public readonly struct PickRows<TView>(TView picks, int count, int examples, uint key0, uint key1, uint stream, uint low, uint high) : IOp<TView>
    where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        ulong start = (ulong)high << 32 | low;
        for (int k = first; k < end; k += stride)
            T.SetInt(picks, k, Philox.Below(Philox.Word(key0, key1, start + (ulong)k, stream, 0), examples));
    }
}
