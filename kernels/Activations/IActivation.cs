using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Activations;

/// <summary>An elementwise function and, next to it, its derivative.</summary>
public interface IActivation
{
    /// <summary>y = f(x).</summary>
    static abstract T Forward<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct;

    /// <summary>dx = dy · f′(x).</summary>
    static abstract T Backward<T, TView>(T x, T dy) where T : struct, ILanes<T, TView> where TView : struct;
}

/// <summary>y = f(x) over n elements.</summary>
public readonly struct ActivationForward<TActivation, TView>(TView x, TView y, int n) : IOp<TView>
    where TActivation : struct, IActivation where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T.Store(y, i, TActivation.Forward<T, TView>(T.Load(x, i)), n - i);
        }
    }
}

/// <summary>dx = dy · f′(x) over n elements.</summary>
public readonly struct ActivationBackward<TActivation, TView>(TView x, TView dy, TView dx, int n) : IOp<TView>
    where TActivation : struct, IActivation where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T.Store(dx, i, TActivation.Backward<T, TView>(T.Load(x, i), T.Load(dy, i)), n - i);
        }
    }
}
