using System.IO.Compression;

namespace GpuMlp.Tables;

/// <summary>The contents of a gzip file; one that was cut short is an error, which .NET's stream does not tell.</summary>
/// <remarks>
/// A gzip file may have several parts. One more is appended here, so where it is not found at the end, the file's last part is not whole.
/// </remarks>
sealed class GzipText : Stream
{
    static readonly byte[] End = "\n\0end of the gzip file\0\n"u8.ToArray();
    static readonly byte[] LastPart = Compressed(End);

    readonly GZipStream inner;
    readonly byte[] held = new byte[(1 << 15) + End.Length];              // what may be the appended part is held back
    int count;
    bool ended;

    /// <summary>Begins at a file's first byte.</summary>
    public GzipText(Stream file) => inner = new GZipStream(new Appended(file), CompressionMode.Decompress);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (!ended && count <= End.Length)
        {
            int got = inner.Read(held.AsSpan(count));
            count += got;
            if (got > 0) continue;
            ended = true;
            if (!held.AsSpan(0, count).EndsWith(End)) throw new InvalidDataException("the file is cut short, or its end is damaged");
        }
        int given = Math.Min(buffer.Length, count - End.Length);
        held.AsSpan(0, given).CopyTo(buffer);
        held.AsSpan(given, count - given).CopyTo(held);
        count -= given;
        return given;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    static byte[] Compressed(byte[] text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true)) gzip.Write(text);
        return bytes.ToArray();
    }

    /// <summary>The file, and the part after it.</summary>
    sealed class Appended(Stream file) : Stream
    {
        int at = -1;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (at < 0)
            {
                int got = file.Read(buffer);
                if (got > 0 || buffer.Length == 0) return got;
                at = 0;
            }
            int given = Math.Min(buffer.Length, LastPart.Length - at);
            LastPart.AsSpan(at, given).CopyTo(buffer);
            at += given;
            return given;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void Flush() { }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}
