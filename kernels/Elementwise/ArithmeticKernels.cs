using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Elementwise;

/// <summary>a + b; both derivatives are 1.</summary>
public readonly struct Add : IBinary
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T a, T b) where T : struct, ILanes<T, TView> where TView : struct => T.Add(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct => dy;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct => dy;
}

/// <summary>a - b; the derivatives are 1 and -1.</summary>
public readonly struct Subtract : IBinary
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T a, T b) where T : struct, ILanes<T, TView> where TView : struct => T.Subtract(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct => dy;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct => T.Negate(dy);
}

/// <summary>a · b; the derivatives are b and a.</summary>
public readonly struct Multiply : IBinary
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T a, T b) where T : struct, ILanes<T, TView> where TView : struct => T.Multiply(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct => T.Multiply(dy, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct => T.Multiply(dy, a);
}

/// <summary>a / b; the derivatives are 1/b and -(a/b)/b.</summary>
public readonly struct Divide : IBinary
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Forward<T, TView>(T a, T b) where T : struct, ILanes<T, TView> where TView : struct => T.Divide(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct => T.Divide(dy, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second<T, TView>(T a, T b, T dy) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Negate(T.Divide(T.Multiply(dy, T.Divide(a, b)), b));
}
