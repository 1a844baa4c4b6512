namespace GpuMlp.Formats;

/// <summary>An array as an .npy file holds it: its shape and its elements in C order.</summary>
public sealed class NpyArray
{
    readonly string name;
    readonly Array values;

    internal NpyArray(string name, int[] shape, Array values) => (this.name, Shape, this.values) = (name, shape, values);

    /// <summary>Makes an array to write.</summary>
    /// <param name="shape">The dimensions; none for a single number.</param>
    /// <param name="values">The elements in C order: float, double, int, long or byte. They are kept, not copied.</param>
    /// <exception cref="ArgumentException">The product of the shape is not the number of elements.</exception>
    /// <exception cref="NotSupportedException">The element type is none of these.</exception>
    public static NpyArray Of<T>(ReadOnlySpan<int> shape, T[] values) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        _ = Npy.Descr<T>();
        return RawBytes.CheckedCount(shape) == values.Length ? new NpyArray("the array", shape.ToArray(), values)
            : throw new ArgumentException($"Shape {RawBytes.Text(shape)} does not hold {values.Length} elements.", nameof(shape));
    }

    /// <summary>The dimensions; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The type of the elements: float, double, int, long or byte.</summary>
    public Type ElementType => values.GetType().GetElementType()!;

    /// <summary>The elements, unconverted.</summary>
    /// <exception cref="InvalidDataException">The file holds another element type.</exception>
    public T[] Values<T>() where T : unmanaged =>
        ElementType == typeof(T) ? (T[])values
        : throw new InvalidDataException($"{name}: elements are {ElementType.Name}; {typeof(T).Name} is needed.");

    /// <summary>Writes it as an .npy file.</summary>
    internal void Write(Stream stream)
    {
        switch (values)
        {
            case float[] floats: Write(stream, floats); break;
            case double[] doubles: Write(stream, doubles); break;
            case int[] ints: Write(stream, ints); break;
            case long[] longs: Write(stream, longs); break;
            case byte[] bytes: Write(stream, bytes); break;
        }
    }

    void Write<T>(Stream stream, T[] elements) where T : unmanaged
    {
        var writer = new NpyWriter<T>(stream, [.. Shape]);
        writer.Write(elements);
        writer.Finish();
    }
}
