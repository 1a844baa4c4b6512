using System.Runtime.CompilerServices;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Sixteen floats in registers of one thread.</summary>
public readonly struct Sixteen(Eight low, Eight high)
{
    /// <summary>The first eight floats.</summary>
    public readonly Eight Low = low;

    /// <summary>The last eight floats.</summary>
    public readonly Eight High = high;

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sixteen Add(Sixteen a, Sixteen b) => new(Eight.Add(a.Low, b.Low), Eight.Add(a.High, b.High));
}
