using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Grids.Host;

/// <summary>The classes of <see cref="PackClasses{TView}"/> on the processor, written straight to bytes, sixteen at a time.</summary>
/// <param name="logits">n values; the memory behind them may be read for the length of a vector.</param>
/// <param name="classes">n bytes: the results.</param>
/// <param name="n">The number of logits.</param>
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
                Vector128<short> low = Vector128.Narrow(Classes(z), Classes(z + 4));
                Vector128<short> high = Vector128.Narrow(Classes(z + 8), Classes(z + 12));
                Vector128.Narrow(low, high).AsByte().Store(classes + i);
            }
            for (; i < stop; i++) classes[i] = (byte)(logits.Pointer[i] > 0f ? 1 : logits.Pointer[i] <= 0f ? 0 : 255);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> Classes(float* at)
    {
        Vector128<float> z = Vector128.Load(at);
        return (Vector128.GreaterThan(z, Vector128<float>.Zero).AsInt32() & Vector128<int>.One) | ~Vector128.Equals(z, z).AsInt32();
    }
}
