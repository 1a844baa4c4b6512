using System.Runtime.InteropServices;

namespace GpuMlp.Formats;

/// <summary>Copies numbers between memory and streams: little-endian, as on every platform that ILGPU supports.</summary>
static class RawBytes
{
    const int Chunk = 1 << 20;                                     // elements; a span of bytes cannot be longer than 2 GiB

    public static void Write<T>(Stream stream, ReadOnlySpan<T> values) where T : unmanaged
    {
        for (; values.Length > Chunk; values = values[Chunk..]) stream.Write(MemoryMarshal.AsBytes(values[..Chunk]));
        stream.Write(MemoryMarshal.AsBytes(values));
    }

    public static T[] Read<T>(Stream stream, int count) where T : unmanaged
    {
        var values = new T[count];
        for (Span<T> rest = values; rest.Length > 0; rest = rest[Math.Min(Chunk, rest.Length)..])
            stream.ReadExactly(MemoryMarshal.AsBytes(rest[..Math.Min(Chunk, rest.Length)]));
        return values;
    }

    /// <summary>The number of elements of a shape (1 for no dimensions); null if it exceeds 64 bits.</summary>
    public static long? Count(ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (int size in shape)
        {
            if (size != 0 && count > long.MaxValue / size) return null;
            count *= size;
        }
        return count;
    }

    /// <summary>The number of elements of a shape that a caller gave.</summary>
    /// <exception cref="ArgumentException">A dimension is negative, or the product is out of range.</exception>
    public static long CheckedCount(ReadOnlySpan<int> shape)
    {
        foreach (int size in shape)
            if (size < 0) throw new ArgumentException($"Shape {Text(shape)} has a negative dimension.", nameof(shape));
        return Count(shape) ?? throw new ArgumentException($"Shape {Text(shape)} has more elements than 64 bits count.", nameof(shape));
    }

    /// <summary>A shape as messages show it.</summary>
    public static string Text(ReadOnlySpan<int> shape) => $"({Quoted.Cut(string.Join(", ", shape.ToArray()))})";
}
