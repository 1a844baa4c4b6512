using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Data;

/// <summary>Gathers a batch: row r of batchX (n,f) and batchY (n) is row picks[at + r] of x (examples,f) and y (examples).</summary>
public readonly struct GatherBatch<TView>(TView x, TView y, TView picks, int at, TView batchX, TView batchY, int n, int f) : IOp<TView>
    where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => n;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int row = first; row < end; row += stride)
        {
            int example = T.GetInt(picks, at + row);
            for (int k = 0; k < f; k += T.Width) T.Store(batchX, row * f + k, T.Load(x, example * f + k), f - k);
            T.Set(batchY, row, T.Get(y, example));
        }
    }
}
