using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Grids;

/// <summary>Classes of n logits, four in an integer: 1 where the logit is positive, that is where the probability is above ½.</summary>
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
            int i = item * 4, packed = T.Get(logits, i) > 0f ? 1 : 0;
            if (i + 1 < n && T.Get(logits, i + 1) > 0f) packed |= 1 << 8;
            if (i + 2 < n && T.Get(logits, i + 2) > 0f) packed |= 1 << 16;
            if (i + 3 < n && T.Get(logits, i + 3) > 0f) packed |= 1 << 24;
            T.SetInt(classes, item, packed);
        }
    }
}

/// <summary>The same on the host, where the classes go straight to their bytes, sixteen at a time.</summary>
/// <param name="logits">n values, with room for a vector behind them.</param>
/// <param name="classes">n bytes.</param>
/// <param name="n">How many.</param>
public readonly unsafe struct HostClasses(HostView logits, byte* classes, int n) : IOp<HostView>
{
    const int Slice = 4096;

    /// <inheritdoc/>
    public int Items(int width) => (n + Slice - 1) / Slice;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, HostView>
    {
        for (int item = first; item < end; item += stride)
        {
            int i = item * Slice, stop = Math.Min(n, i + Slice);
            for (; i + 16 <= stop; i += 16)
            {
                float* z = logits.Pointer + i;
                Vector128<short> low = Vector128.Narrow(Positive(z), Positive(z + 4)), high = Vector128.Narrow(Positive(z + 8), Positive(z + 12));
                (Vector128.Narrow(low, high).AsByte() & Vector128<byte>.One).Store(classes + i);
            }
            for (; i < stop; i++) classes[i] = (byte)(logits.Pointer[i] > 0f ? 1 : 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Positive(float* z) => Vector128.GreaterThan(Vector128.Load(z), Vector128<float>.Zero).AsInt32();
}
