namespace GpuMlp.Formats;

/// <summary>
/// One named array of a safetensors file: float32 for weights, or 64-bit integers for counters. Arrays of other types are kept as their
/// bytes.
/// </summary>
public sealed class SafeTensor
{
    readonly Array values;

    SafeTensor(string name, ReadOnlySpan<int> shape, Array values, string dtype)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        if (name == SafetensorsHeader.MetadataKey) throw new ArgumentException($"A tensor cannot be called '{name}'.", nameof(name));
        int elements = values is byte[] bytes ? bytes.Length / SafetensorsHeader.ElementBytes(dtype) : values.Length;
        if (RawBytes.CheckedCount(shape) != elements)
            throw new ArgumentException(
                $"Tensor '{name}': shape {RawBytes.Text(shape)} does not hold {elements} elements.", nameof(shape));
        (Name, Shape, Dtype, this.values) = (name, shape.ToArray(), dtype, values);
    }

    /// <summary>A float32 tensor, stored as F32.</summary>
    /// <param name="name">The name, such as <c>0.weight</c>.</param>
    /// <param name="shape">The dimensions; none for a single number.</param>
    /// <param name="values">The elements in C order; the array is kept, not copied.</param>
    /// <exception cref="ArgumentException">
    /// The product of the shape is not the number of elements, or the name is <c>__metadata__</c>.
    /// </exception>
    public static SafeTensor Float32(string name, ReadOnlySpan<int> shape, float[] values) => new(name, shape, values, "F32");

    /// <summary>A tensor of integers, stored as I64; otherwise as <see cref="Float32"/>.</summary>
    public static SafeTensor Int64(string name, ReadOnlySpan<int> shape, long[] values) => new(name, shape, values, "I64");

    /// <summary>A tensor of integers from 0 to <see cref="long.MaxValue"/>, stored as U64; otherwise as <see cref="Float32"/>.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Float32"/>, or an element is negative.</exception>
    public static SafeTensor UInt64(string name, ReadOnlySpan<int> shape, long[] values) =>
        !values.AsSpan().ContainsAnyInRange(long.MinValue, -1) ? new SafeTensor(name, shape, values, "U64")
        : throw new ArgumentException($"Tensor '{name}' is unsigned and has a negative element.", nameof(values));

    /// <summary>A tensor of a type that is passed on and not looked into.</summary>
    internal static SafeTensor Opaque(string name, ReadOnlySpan<int> shape, string dtype, byte[] bytes) => new(name, shape, bytes, dtype);

    /// <summary>The name, unique in its file.</summary>
    public string Name { get; }

    /// <summary>The dimensions; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>How the elements are stored when written: F32, I64, U64, or another type whose elements cannot be had.</summary>
    public string Dtype { get; }

    /// <summary>The elements of a float32 tensor in C order.</summary>
    /// <exception cref="InvalidDataException">The tensor holds integers.</exception>
    public float[] Floats => values as float[] ?? throw new InvalidDataException($"Tensor '{Name}' is {Dtype}; floating-point is needed.");

    /// <summary>Writes the elements.</summary>
    internal void Write(Stream stream)
    {
        if (values is float[] floats) RawBytes.Write<float>(stream, floats);
        else if (values is long[] integers) RawBytes.Write<long>(stream, integers);
        else stream.Write((byte[])values);
    }

    /// <summary>The elements of an integer tensor in C order.</summary>
    /// <exception cref="InvalidDataException">The tensor holds floating-point numbers.</exception>
    public long[] Integers => values as long[] ?? throw new InvalidDataException($"Tensor '{Name}' is {Dtype}; I64 or U64 is needed.");
}
