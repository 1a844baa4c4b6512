using System.Runtime.CompilerServices;
using GpuMlp.Kernels;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Tests.Kernels;

/// <summary>One of our elementary functions, and the same function in double precision.</summary>
public interface IFunction
{
    /// <summary>Our function, on lanes.</summary>
    static abstract T Apply<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct;

    /// <summary>The function in double precision.</summary>
    static abstract double Exact(double x);
}

/// <summary>
/// y = f(x) over n elements, to test f alone. It is also an op of one group, so that f runs in the lanes that a device trains with.
/// </summary>
public readonly struct FunctionOp<TFunction, TView>(TView x, TView y, int n) : IOp<TView>, IGroupOp<TView>
    where TFunction : struct, IFunction where TView : struct
{
    /// <inheritdoc/>
    public int Groups => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier =>
        Run<T>(lane, Items(T.Width), lanes);

    /// <inheritdoc/>
    public int Items(int width) => (n + width - 1) / width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        for (int item = first; item < end; item += stride)
        {
            int i = item * T.Width;
            T.Store(y, i, TFunction.Apply<T, TView>(T.Load(x, i)), n - i);
        }
    }
}

/// <summary>Our elementary functions.</summary>
public static class Functions
{
    /// <summary>eˣ.</summary>
    public readonly struct Exp : IFunction
    {
        /// <inheritdoc/>
        public static T Apply<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct => Exponentials.Exp<T, TView>(x);

        /// <inheritdoc/>
        public static double Exact(double x) => Math.Exp(x);
    }

    /// <summary>ln x.</summary>
    public readonly struct Log : IFunction
    {
        /// <inheritdoc/>
        public static T Apply<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct => Exponentials.Log<T, TView>(x);

        /// <inheritdoc/>
        public static double Exact(double x) => Math.Log(x);
    }

    /// <summary>tanh x.</summary>
    public readonly struct Tanh : IFunction
    {
        /// <inheritdoc/>
        public static T Apply<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct => Exponentials.Tanh<T, TView>(x);

        /// <inheritdoc/>
        public static double Exact(double x) => Math.Tanh(x);
    }

    /// <summary>σ(x).</summary>
    public readonly struct Sigmoid : IFunction
    {
        /// <inheritdoc/>
        public static T Apply<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct => Exponentials.Sigmoid<T, TView>(x);

        /// <inheritdoc/>
        public static double Exact(double x) => Reference.Sigmoid(x);
    }

    /// <summary>ln(1 + eˣ).</summary>
    public readonly struct Softplus : IFunction
    {
        /// <inheritdoc/>
        public static T Apply<T, TView>(T x) where T : struct, ILanes<T, TView> where TView : struct => Exponentials.Softplus<T, TView>(x);

        /// <inheritdoc/>
        public static double Exact(double x) => Reference.Softplus(x);
    }
}
