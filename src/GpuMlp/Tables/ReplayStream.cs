namespace GpuMlp.Tables;

/// <summary>A stream that cannot go back, whose first bytes are kept until they are not needed any more.</summary>
sealed class ReplayStream(Stream inner)
{
    readonly MemoryStream kept = new();
    bool keeps = true;

    /// <summary>The stream from its beginning.</summary>
    public Stream Open() => keeps ? new View(this) : throw new InvalidOperationException("the stream was read on from its first bytes");

    /// <summary>Keeps no bytes from now on: the next view is the last.</summary>
    public void Release() => keeps = false;

    /// <summary>A pass over the stream.</summary>
    sealed class View(ReplayStream source) : Stream
    {
        long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int got;
            if (position < source.kept.Length)
            {
                source.kept.Position = position;
                got = source.kept.Read(buffer);
            }
            else
            {
                got = source.Inner.Read(buffer);
                if (source.keeps)
                {
                    source.kept.Position = source.kept.Length;
                    source.kept.Write(buffer[..got]);
                }
            }
            position += got;
            return got;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void Flush() { }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    Stream Inner => inner;
}
