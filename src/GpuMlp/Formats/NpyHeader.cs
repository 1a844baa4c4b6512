using System.Buffers.Binary;
using System.Text;

namespace GpuMlp.Formats;

/// <summary>The header of an .npy file: magic bytes, version, length, and a Python dict of three keys.</summary>
/// <param name="Descr">NumPy's name of the element type, such as &lt;f4.</param>
/// <param name="Fortran">Whether the first index varies fastest in the data.</param>
/// <param name="Shape">The dimensions.</param>
readonly record struct NpyHeader(string Descr, bool Fortran, int[] Shape)
{
    const int MaxLength = 10_000;                                  // NumPy's own max_header_size
    const int Alignment = 64, GrowthDigits = 21;
    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>A version 1.0 header, from the magic bytes to the newline, byte for byte as NumPy writes it.</summary>
    public static byte[] Encode(string descr, ReadOnlySpan<int> shape)
    {
        string tuple = shape.Length == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape.ToArray())})";
        string dict = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {tuple}, }}";
        // NumPy leaves space for the first dimension to grow to 21 digits, and adds 64 spaces of padding where it needs none.
        if (shape.Length > 0) dict += new string(' ', GrowthDigits - shape[0].ToString().Length);
        int prefix = Magic.Length + 4, unpadded = prefix + dict.Length + 1;
        int total = unpadded + Alignment - unpadded % Alignment;
        if (total - prefix > MaxLength)
            throw new ArgumentException($"{shape.Length} dimensions are too many for an .npy header.", nameof(shape));

        byte[] header = Encoding.ASCII.GetBytes(new string(' ', prefix) + dict.PadRight(total - prefix - 1) + "\n");
        Magic.CopyTo(header);
        (header[6], header[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(total - prefix));
        return header;
    }

    /// <summary>Reads a header, and leaves the stream at the first byte of data.</summary>
    /// <returns>The header, and the number of bytes that it takes.</returns>
    public static (NpyHeader Header, int Bytes) Read(Stream stream, string name)
    {
        Span<byte> prefix = Take(stream, Magic.Length + 2, name);
        if (!prefix.StartsWith(Magic))
            throw new InvalidDataException(
                $"{name}: not an .npy file: it begins with {Convert.ToHexString(prefix[..6])}, not {Convert.ToHexString(Magic)}.");
        (byte major, byte minor) = (prefix[6], prefix[7]);
        if (major is < 1 or > 3 || minor != 0)
            throw new InvalidDataException($"{name}: .npy version {major}.{minor}; allowed are 1.0, 2.0 and 3.0.");
        uint length = major == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(Take(stream, 2, name))
            : BinaryPrimitives.ReadUInt32LittleEndian(Take(stream, 4, name));
        if (length > MaxLength) throw new InvalidDataException($"{name}: .npy header of {length} bytes; at most {MaxLength} are allowed.");
        int bytes = prefix.Length + (major == 1 ? 2 : 4) + (int)length;
        return (new NpyHeaderParser(Take(stream, (int)length, name), name).Parse(), bytes);
    }

    static byte[] Take(Stream stream, int count, string name)
    {
        var bytes = new byte[count];
        return stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false) == count ? bytes
            : throw new InvalidDataException($"{name}: the file ends within its .npy header.");
    }
}
