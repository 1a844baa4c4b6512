using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Linear;

/// <summary>What becomes of the elements of a product when their sums are complete, while they are still in a cache.</summary>
public interface IProductEnd
{
    /// <summary>Finishes the vector of elements at <paramref name="at"/>.</summary>
    /// <param name="c">The product, (m,n).</param>
    /// <param name="other">A second matrix of that layout.</param>
    /// <param name="at">The index of the first element in both.</param>
    /// <param name="count">How many of the elements belong to the row, as <see cref="ILanes{TSelf, TView}.Store"/> has it.</param>
    static abstract void Finish<T, TView>(TView c, TView other, int at, int count) where T : struct, ILanes<T, TView> where TView : struct;
}

/// <summary>c is the product.</summary>
public readonly struct PlainEnd : IProductEnd
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<T, TView>(TView c, TView other, int at, int count) where T : struct, ILanes<T, TView> where TView : struct { }
}

/// <summary>c is the product z, which backward needs, and the other matrix becomes f(z).</summary>
public readonly struct ActivationEnd<TActivation> : IProductEnd where TActivation : struct, IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<T, TView>(TView c, TView other, int at, int count) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Store(other, at, TActivation.Forward<T, TView>(T.Load(c, at)), count);
}

/// <summary>c is the product dy times f′(z), where the other matrix is z.</summary>
public readonly struct DerivativeEnd<TActivation> : IProductEnd where TActivation : struct, IActivation
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<T, TView>(TView c, TView other, int at, int count) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Store(c, at, TActivation.Backward<T, TView>(T.Load(other, at), T.Load(c, at)), count);
}
