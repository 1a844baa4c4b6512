using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GpuMlp.Formats;

/// <summary>
/// Strict reading and writing of NumPy's .npy files: one array of float32, float64, int32, int64 or uint8. It is written little-endian in
/// C order, and read in either order of bytes and of dimensions.
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
        return Read(stream, stream.Length - stream.Position, name);
    }

    /// <summary>Reads a file of a known length from a stream that need not be seekable.</summary>
    internal static NpyArray Read(Stream stream, long length, string name)
    {
        (NpyHeader header, int bytes) = NpyHeader.Read(stream, name);
        long found = length - bytes;
        return header.Descr is ['<' or '>' or '|', .. string type] && (type is "u1" or "b1" || header.Descr[0] != '|') ? type switch
        {
            "f4" => Read<float>(stream, name, header, found),
            "f8" => Read<double>(stream, name, header, found),
            "i4" => Read<int>(stream, name, header, found),
            "i8" => Read<long>(stream, name, header, found),
            "u1" or "b1" => Read<byte>(stream, name, header, found),
            _ => throw NotRead(header, name),
        }
        : throw NotRead(header, name);
    }

    static InvalidDataException NotRead(NpyHeader header, string name) => new(
        $"{name}: element type {Quoted.Quote(header.Descr)}; allowed are f4, f8, i4 and i8 in either order of bytes, '|u1' and '|b1'.");

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
    static unsafe NpyArray Read<T>(Stream stream, string name, NpyHeader header, long found) where T : unmanaged
    {
        if (RawBytes.Count(header.Shape) is not long count || count > Array.MaxLength)
            throw new InvalidDataException($"{name}: shape {RawBytes.Text(header.Shape)} has more than {Array.MaxLength} elements.");
        if (found != count * sizeof(T))
            throw new InvalidDataException(
                $"{name}: shape {RawBytes.Text(header.Shape)} of '{header.Descr}' takes {count * sizeof(T)} bytes, " +
                $"{found} follow the header ({(found < count * sizeof(T) ? "truncated" : "trailing bytes")}).");
        T[] values = RawBytes.Read<T>(stream, (int)count);
        if (header.Descr[0] == '>') Reverse(values);
        return new NpyArray(name, header.Shape, header.Fortran ? FromFortran(values, header.Shape) : values);
    }

    static unsafe void Reverse<T>(T[] values) where T : unmanaged
    {
        if (sizeof(T) == sizeof(int))
        {
            Span<int> words = MemoryMarshal.Cast<T, int>(values.AsSpan());
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else if (sizeof(T) == sizeof(long))
        {
            Span<long> words = MemoryMarshal.Cast<T, long>(values.AsSpan());
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    // the index counts up like the digits of a number, the last one fastest as in C order; strides give its place in Fortran order
    static T[] FromFortran<T>(T[] values, int[] shape)
    {
        if (values.Length == 0 || shape.Count(size => size > 1) < 2) return values;
        var strides = new int[shape.Length];
        for (int axis = 0, stride = 1; axis < shape.Length; stride *= shape[axis++]) strides[axis] = stride;
        var ordered = new T[values.Length];
        var index = new int[shape.Length];
        int from = 0;
        for (int to = 0; to < ordered.Length; to++)
        {
            ordered[to] = values[from];
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis]) break;
                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return ordered;
    }
}
