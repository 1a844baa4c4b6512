using System.Buffers.Binary;
using System.IO.Compression;

namespace GpuMlp.Formats;

/// <summary>
/// Writes a PNG of palette indices, one byte per pixel, row by row from the top, so that the memory does not grow with the picture.
/// </summary>
/// <remarks>Format: w3.org/TR/png, colour type 3.</remarks>
public sealed class PngWriter : IDisposable
{
    readonly Stream stream;
    readonly ChunkStream data;
    readonly ZLibStream zlib;
    readonly int width;
    long left;

    /// <summary>Writes everything before the pixels to a stream. It need not be seekable, and the caller closes it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="palette">1 to 256 colours as 0xRRGGBB.</param>
    /// <exception cref="ArgumentException">There are no pixels, or no colours or too many.</exception>
    public PngWriter(Stream stream, int width, int height, ReadOnlySpan<uint> palette)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (width < 1 || height < 1) throw new ArgumentException($"a picture of {width} × {height} pixels");
        if (palette.Length is 0 or > 256)
            throw new ArgumentException($"a palette of {palette.Length} colours; allowed are 1 to 256", nameof(palette));
        (this.stream, this.width, left) = (stream, width, height);
        stream.Write([0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n']);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, 3);
        header[10..].Clear();
        Chunk(stream, "IHDR"u8, header);
        var colours = new byte[3 * palette.Length];
        for (int k = 0; k < palette.Length; k++)
        {
            colours[3 * k] = (byte)(palette[k] >> 16);
            colours[3 * k + 1] = (byte)(palette[k] >> 8);
            colours[3 * k + 2] = (byte)palette[k];
        }
        Chunk(stream, "PLTE"u8, colours);
        data = new ChunkStream(stream);
        zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <summary>Writes whole rows.</summary>
    /// <exception cref="ArgumentException">The number of pixels is no multiple of the width.</exception>
    /// <exception cref="InvalidOperationException">There are more rows than the picture has.</exception>
    public void Write(ReadOnlySpan<byte> rows)
    {
        if (rows.Length % width != 0) throw new ArgumentException($"{rows.Length} pixels are no whole rows of {width}", nameof(rows));
        if ((left -= rows.Length / width) < 0) throw new InvalidOperationException("more rows than the picture has");
        for (; rows.Length > 0; rows = rows[width..])
        {
            zlib.WriteByte(0);                                     // no filter
            zlib.Write(rows[..width]);
        }
    }

    /// <summary>Ends the picture.</summary>
    /// <exception cref="InvalidOperationException">Rows are missing.</exception>
    public void Finish()
    {
        if (left != 0) throw new InvalidOperationException($"{left} rows are missing");
        zlib.Dispose();
        data.Flush();
        Chunk(stream, "IEND"u8, []);
    }

    /// <summary>Frees the compressor.</summary>
    public void Dispose() => zlib.Dispose();

    static void Chunk(Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        stream.Write(number);
        stream.Write(name);
        stream.Write(content);
        var checksum = new Crc32();
        checksum.Add(name);
        checksum.Add(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, checksum.Value);
        stream.Write(number);
    }

    /// <summary>Writes the compressor's output as chunks.</summary>
    sealed class ChunkStream(Stream target) : Stream
    {
        readonly byte[] buffer = new byte[1 << 16];
        int filled;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                int n = Math.Min(bytes.Length, buffer.Length - filled);
                bytes[..n].CopyTo(buffer.AsSpan(filled));
                bytes = bytes[n..];
                if ((filled += n) == buffer.Length) Flush();
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
            if (filled > 0) Chunk(target, "IDAT"u8, buffer.AsSpan(0, filled));
            filled = 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
