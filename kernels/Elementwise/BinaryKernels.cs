using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Elementwise;

/// <summary>A function of two numbers and, next to it, its derivatives.</summary>
public interface IBinary
{
    /// <summary>y = f(a, b).</summary>
    static abstract T Forward<T, TView>(T a, T b) where T : struct, ILanes<T, TView> where TView : struct;

    /// <summary>da = dy · ∂f/∂a.</summary>
    static abstract T First<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct;

    /// <summary>db = dy · ∂f/∂b.</summary>
    static abstract T Second<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct;
}

/// <summary>How an operand is broadcast to the shape of the result.</summary>
/// <param name="Row">Floats from one row of the operand to the next; 0 if its one row repeats.</param>
/// <param name="Column">Floats from one column of the operand to the next: 1, or 0 if its one column repeats.</param>
public readonly record struct Broadcast(int Row, int Column);

/// <summary>y = f(a, b) over rows × columns; an operand of one row or one column repeats.</summary>
public readonly struct BinaryForward<TBinary, TView>(
    TView a, TView b, TView y, int rows, int columns, Broadcast aStep, Broadcast bStep) : IOp<TView>
    where TBinary : struct, IBinary where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => rows * ((columns + width - 1) / width);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        int blocks = (columns + T.Width - 1) / T.Width;
        for (int item = first; item < end; item += stride)
        {
            int row = item / blocks, column = item % blocks * T.Width;
            T left = Operand.Load<T, TView>(a, row, column, aStep), right = Operand.Load<T, TView>(b, row, column, bStep);
            T.Store(y, row * columns + column, TBinary.Forward<T, TView>(left, right), columns - column);
        }
    }
}

/// <summary>dx = dy · ∂f/∂a, or dy · ∂f/∂b where second is 1, over rows × columns. The caller sums it over what was repeated.</summary>
public readonly struct BinaryBackward<TBinary, TView>(
    TView a, TView b, TView dy, TView dx, int rows, int columns, Broadcast aStep, Broadcast bStep, int second) : IOp<TView>
    where TBinary : struct, IBinary where TView : struct
{
    /// <inheritdoc/>
    public int Items(int width) => rows * ((columns + width - 1) / width);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        int blocks = (columns + T.Width - 1) / T.Width;
        for (int item = first; item < end; item += stride)
        {
            int row = item / blocks, column = item % blocks * T.Width, at = row * columns + column;
            T left = Operand.Load<T, TView>(a, row, column, aStep), right = Operand.Load<T, TView>(b, row, column, bStep);
            T g = T.Load(dy, at);
            T derivative = second != 0 ? TBinary.Second<T, TView>(left, right, g) : TBinary.First<T, TView>(left, right, g);
            T.Store(dx, at, derivative, columns - column);
        }
    }
}

/// <summary>Reads operands that may be broadcast.</summary>
static class Operand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Load<T, TView>(TView x, int row, int column, Broadcast step)
        where T : struct, ILanes<T, TView> where TView : struct =>
        step.Column == 0 ? T.Splat(T.Get(x, row * step.Row)) : T.Load(x, row * step.Row + column);
}
