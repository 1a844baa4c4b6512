using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Linear;

/// <summary>What becomes of an element of a product when its sum is complete.</summary>
public interface IProductEnd
{
    /// <summary>Stores the elements at <paramref name="at"/> of c, of which <paramref name="count"/> belong to the row.</summary>
    /// <param name="c">The product, (m,n).</param>
    /// <param name="other">A second matrix of that layout.</param>
    /// <param name="at">The index of the first element in both.</param>
    /// <param name="sum">The complete sums.</param>
    /// <param name="count">How many of the lanes to store, as <see cref="ILanes{TSelf, TView}.Store"/> has it.</param>
    static abstract void Store<T, TView>(TView c, TView other, int at, T sum, int count)
        where T : struct, ILanes<T, TView> where TView : struct;
}

/// <summary>c is the product.</summary>
public readonly struct PlainEnd : IProductEnd
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T, TView>(TView c, TView other, int at, T sum, int count)
        where T : struct, ILanes<T, TView> where TView : struct => T.Store(c, at, sum, count);
}
