using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Linear;

/// <summary>c = the sum of the parts in order, which <see cref="SharedMatMul{TEnd, TView}"/> left of a product.</summary>
/// <typeparam name="TEnd">What becomes of an element when its sum is complete.</typeparam>
/// <typeparam name="TView">The memory.</typeparam>
public readonly struct AddParts<TEnd, TView>(TView parts, TView c, TView other, int count, int length) : IOp<TView>
    where TEnd : struct, IProductEnd where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (length + width - 1) / width;

    /// <inheritdoc/>
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride)
        {
            int at = item * T.Width;
            T sum = T.Load(parts, at);
            for (int part = 1; part < count; part++) sum = T.Add(sum, T.Load(parts, part * length + at));
            T.Store(c, at, sum, length - at);
            TEnd.Finish<T, TView>(c, other, at, length - at);
        }
    }
}
