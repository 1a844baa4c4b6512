using System.Runtime.CompilerServices;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Two floats that lie together in memory: a device reads or writes them in one instruction.</summary>
public readonly struct Two(float v0, float v1)
{
    internal readonly float V0 = v0, V1 = v1;

    /// <summary>Writes the floats one by one, for memory that has no wider access.</summary>
    internal void Store<T, TView>(TView view, int i) where T : struct, ILanes<T, TView> where TView : struct
    {
        T.Set(view, i, V0);
        T.Set(view, i + 1, V1);
    }

    /// <summary>a·b + sum, element by element, each rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Two Fma(float a, Two b, Two sum) => new(Rounding.Fma(a, b.V0, sum.V0), Rounding.Fma(a, b.V1, sum.V1));
}
