namespace GpuMlp.Formats;

/// <summary>
/// Strict reading and writing of NumPy's .npy files: one little-endian array of float32, float64, int32, int64 or uint8 in C order.
/// </summary>
/// <remarks>Format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Versions 1.0 to 3.0 are read, 1.0 is written.</remarks>
public static class Npy
{
    /// <summary>Writes an array to a file, atomically.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="values">The elements in C order: float, double, int, long or byte.</param>
    /// <param name="shape">The dimensions; their product is the number of elements.</param>
    /// <exception cref="ArgumentException">The product of the shape is not the number of elements.</exception>
    /// <exception cref="NotSupportedException">The element type is none of these.</exception>
    public static void Write<T>(string path, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        if (RawBytes.CheckedCount(shape) != values.Length)
            throw new ArgumentException($"Shape {RawBytes.Text(shape)} does not hold {values.Length} elements.", nameof(shape));
        using AtomicFile file = AtomicFile.Create(path);
        var writer = new NpyWriter<T>(file.Stream, shape);
        writer.Write(values);
        writer.Finish();
        file.Commit();
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is not a whole and plain .npy file of an element type named above.</exception>
    public static NpyArray Read(string path)
    {
        using Stream stream = InputFile.Open(path, 2);
        return Read(stream, path);
    }

    /// <summary>Reads a seekable stream from its current position to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The stream's name in messages.</param>
    /// <exception cref="InvalidDataException">The bytes are not a whole and plain .npy file of an element type named above.</exception>
    public static NpyArray Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!stream.CanSeek) throw new InvalidDataException($"{name}: an .npy file of known length is needed, not a pipe.");
        NpyHeader header = NpyHeader.Read(stream, name);
        return header.Descr switch
        {
            "<f4" => Read<float>(stream, name, header),
            "<f8" => Read<double>(stream, name, header),
            "<i4" => Read<int>(stream, name, header),
            "<i8" => Read<long>(stream, name, header),
            "|u1" or "<u1" => Read<byte>(stream, name, header),
            string other => throw new InvalidDataException(
                $"{name}: element type {Quoted.Quote(other)}; allowed are '<f4', '<f8', '<i4', '<i8' and '|u1'."),
        };
    }

    /// <summary>NumPy's name of an element type.</summary>
    internal static string Descr<T>() where T : unmanaged
    {
        Type type = typeof(T);
        if (type == typeof(float)) return "<f4";
        if (type == typeof(double)) return "<f8";
        if (type == typeof(int)) return "<i4";
        if (type == typeof(long)) return "<i8";
        if (type == typeof(byte)) return "|u1";
        throw new NotSupportedException($"An .npy file of {type.Name}; allowed are float, double, int, long and byte.");
    }

    // The length is checked before anything is allocated, so that a few bytes cannot make the program allocate gigabytes.
    static unsafe NpyArray Read<T>(Stream stream, string name, NpyHeader header) where T : unmanaged
    {
        long found = stream.Length - stream.Position;
        if (RawBytes.Count(header.Shape) is not long count || count > Array.MaxLength)
            throw new InvalidDataException($"{name}: shape {RawBytes.Text(header.Shape)} has more than {Array.MaxLength} elements.");
        if (found != count * sizeof(T))
            throw new InvalidDataException(
                $"{name}: shape {RawBytes.Text(header.Shape)} of '{header.Descr}' takes {count * sizeof(T)} bytes, " +
                $"{found} follow the header ({(found < count * sizeof(T) ? "truncated" : "trailing bytes")}).");
        return new NpyArray(name, header.Shape, RawBytes.Read<T>(stream, (int)count));
    }
}
