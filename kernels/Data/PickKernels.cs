using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Randomness;

namespace GpuMlp.Kernels.Data;

/// <summary>Draws rows: picks[k] is a row from 0 to examples - 1, uniform, from word number (high, low) + k of a Philox stream.</summary>
/// <remarks>A pick depends on its number alone, so the result does not depend on how many picks one launch draws.</remarks>
public readonly struct PickRows<TView>(TView picks, int count, int examples, uint key0, uint key1, uint stream, uint low, uint high)
    : IOp<TView> where TView : struct
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
