using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Losses;

/// <summary>How the label of a row says its class, and how much the row counts.</summary>
public interface IClassLabel
{
    /// <summary>The class of a row of y, or -1 if the label is no number of a class from 0 to c - 1.</summary>
    static abstract int Class<T, TView>(TView y, int row, int c) where T : struct, ILanes<T, TView> where TView : struct;

    /// <summary>The weight of a row of y; element <paramref name="row"/> of scratch may be written.</summary>
    static abstract float Weight<T, TView>(TView y, TView scratch, int row) where T : struct, ILanes<T, TView> where TView : struct;

    /// <summary>A value times the weight.</summary>
    static abstract T Weigh<T, TView>(T value, float weight) where T : struct, ILanes<T, TView> where TView : struct;
}

/// <summary>A label is the number of a class, and all rows count alike.</summary>
public readonly struct PlainClass : IClassLabel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Class<T, TView>(TView y, int row, int c) where T : struct, ILanes<T, TView> where TView : struct
    {
        float given = T.Get(y, row);
        int label = (int)given;
        return label >= 0 && label < c && label == given ? label : -1;      // a fraction is no class, nor is NaN
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Weight<T, TView>(TView y, TView scratch, int row) where T : struct, ILanes<T, TView> where TView : struct => 1f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Weigh<T, TView>(T value, float weight) where T : struct, ILanes<T, TView> where TView : struct => value;
}

/// <summary>The low eight bits of a label's pattern are the number of the class; with those bits 0 it is the weight of the row.</summary>
public readonly struct WeightedClass : IClassLabel
{
    /// <summary>The bits of the class.</summary>
    public const int ClassBits = 255;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Class<T, TView>(TView y, int row, int c) where T : struct, ILanes<T, TView> where TView : struct
    {
        int label = T.GetInt(y, row) & ClassBits;
        return label < c ? label : -1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Weight<T, TView>(TView y, TView scratch, int row) where T : struct, ILanes<T, TView> where TView : struct
    {
        T.SetInt(scratch, row, T.GetInt(y, row) & ~ClassBits);
        return T.Get(scratch, row);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Weigh<T, TView>(T value, float weight) where T : struct, ILanes<T, TView> where TView : struct =>
        T.Multiply(T.Splat(weight), value);
}
