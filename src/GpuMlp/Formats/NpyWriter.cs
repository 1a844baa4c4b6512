namespace GpuMlp.Formats;

/// <summary>Writes an .npy array piece by piece, and makes sure that exactly the declared number of elements is written.</summary>
/// <typeparam name="T">float, double, int, long or byte.</typeparam>
public sealed class NpyWriter<T> where T : unmanaged
{
    readonly Stream stream;
    readonly long count;
    long written;

    /// <summary>Writes the header to a stream. The stream need not be seekable, and the caller closes it.</summary>
    /// <exception cref="ArgumentException">A dimension is negative, or their product is out of range.</exception>
    /// <exception cref="NotSupportedException">The element type is none of these.</exception>
    public NpyWriter(Stream stream, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(stream);
        this.stream = stream;
        count = RawBytes.CheckedCount(shape);
        stream.Write(NpyHeader.Encode(Npy.Descr<T>(), shape));
    }

    /// <summary>Writes the next elements, in C order.</summary>
    /// <exception cref="InvalidOperationException">There are more than declared; none of them is written.</exception>
    public void Write(ReadOnlySpan<T> values)
    {
        if (values.Length > count - written)
            throw new InvalidOperationException(
                $"The .npy array was declared with {count} elements; {written} are written, {values.Length} more came.");
        RawBytes.Write(stream, values);
        written += values.Length;
    }

    /// <summary>Checks that the array is complete.</summary>
    /// <exception cref="InvalidOperationException">Fewer elements were written than declared.</exception>
    public void Finish()
    {
        if (written != count)
            throw new InvalidOperationException($"The .npy array was declared with {count} elements; {written} were written.");
    }
}
