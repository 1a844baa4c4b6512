using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Losses;

/// <summary>The squared error (z - y)² and its gradient 2·(z - y).</summary>
public readonly struct Mse : ILoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Value<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct
    {
        T d = T.Subtract(z, y);
        return T.Multiply(d, d);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gradient<T, TView>(T z, T y) where T : struct, ILanes<T, TView> where TView : struct
    {
        T d = T.Subtract(z, y);
        return T.Add(d, d);
    }
}
