using System.Numerics;
using System.Runtime.InteropServices;

namespace GpuMlp.Grids;

/// <summary>Counts what is not a number: a network of finite weights may overflow on the way.</summary>
public static class NaNs
{
    /// <summary>How many values are NaN.</summary>
    public static int Count(ReadOnlySpan<float> values)
    {
        Vector<int> numbers = Vector<int>.Zero;                             // -1 each
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (Vector<float> v in vectors) numbers += Vector.Equals(v, v);
        int count = vectors.Length * Vector<float>.Count + Vector.Sum(numbers);
        foreach (float v in values[(vectors.Length * Vector<float>.Count)..]) count += float.IsNaN(v) ? 1 : 0;
        return count;
    }

    /// <summary>How many classes of a grid are <see cref="ClassEvaluator.NotANumber"/>.</summary>
    public static int Count(ReadOnlySpan<byte> classes) => classes.Count(ClassEvaluator.NotANumber);
}
