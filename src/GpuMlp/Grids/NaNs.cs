using System.Numerics;
using System.Runtime.InteropServices;

namespace GpuMlp.Grids;

/// <summary>Counts values that are NaN: a network of finite weights may overflow in between.</summary>
public static class NaNs
{
    /// <summary>The number of values that are NaN.</summary>
    public static int Count(ReadOnlySpan<float> values)
    {
        Vector<int> numbers = Vector<int>.Zero;                             // each number subtracts 1 (a true comparison is -1)
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (Vector<float> v in vectors) numbers += Vector.Equals(v, v);
        int count = vectors.Length * Vector<float>.Count + Vector.Sum(numbers);
        foreach (float v in values[(vectors.Length * Vector<float>.Count)..]) count += float.IsNaN(v) ? 1 : 0;
        return count;
    }

    /// <summary>The number of classes that are <see cref="ClassEvaluator.NotANumber"/>.</summary>
    public static int Count(ReadOnlySpan<byte> classes) => classes.Count(ClassEvaluator.NotANumber);
}
