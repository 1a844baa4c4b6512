using System.Globalization;

namespace GpuMlp.Formats;

/// <summary>Opens files that users name: regular files or pipes, and reads no more of them than fits the memory.</summary>
static class InputFile
{
    /// <summary>Opens a file whose contents will be held in memory.</summary>
    /// <param name="path">The file, or a pipe such as /dev/stdin.</param>
    /// <param name="cost">About how many bytes of memory each byte of the file takes.</param>
    /// <param name="mostOfPipe">The most bytes to read from a pipe.</param>
    /// <exception cref="InvalidDataException">
    /// The path is something else, such as a device, which is then not opened; or, while reading, a pipe gives more than allowed.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">
    /// The file takes more memory than there is; for a pipe, thrown while reading.
    /// </exception>
    public static Stream Open(string path, int cost, long mostOfPipe = long.MaxValue)
    {
        long available = Memory;
        return Open(path, available / cost, mostOfPipe, bytes => bytes > available / cost
            ? new InsufficientMemoryException(string.Create(CultureInfo.InvariantCulture,
                $"{path}: to read {bytes:N0} bytes takes about {(decimal)bytes * cost:N0} bytes of memory, {available:N0} are available"))
            : TooLong(path, mostOfPipe));
    }

    /// <summary><see cref="Open(string, int, long)"/> as a seekable stream: a pipe is read into memory first.</summary>
    public static Stream OpenSeekable(string path, int cost)
    {
        Stream stream = Open(path, cost, Array.MaxLength);
        if (stream.CanSeek) return stream;
        using (stream)
        {
            var whole = new MemoryStream();
            stream.CopyTo(whole);
            whole.Position = 0;
            return whole;
        }
    }

    /// <summary>The number of bytes that the program may use.</summary>
    public static long Memory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Reads the whole of a small file.</summary>
    /// <exception cref="InvalidDataException">The file is longer than allowed, or no regular file or pipe.</exception>
    public static byte[] ReadAll(string path, long most)
    {
        using Stream stream = Open(path, most, most, _ => TooLong(path, most));
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }

    static InvalidDataException TooLong(string path, long most) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}: is longer than the {most:N0} bytes that are read of such a file"));

    static BoundedStream Open(string path, long most, long mostOfPipe, Func<long, Exception> tooLong)
    {
        string? wrong = FileStatus.Of(path)?.Kind switch
        {
            FileKind.Folder => "a folder",
            FileKind.Device => "a device",
            FileKind.Socket => "a socket",
            _ => null,
        };
        if (wrong is not null) throw new InvalidDataException($"{path}: is {wrong}; a file or a pipe is needed");
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        try
        {
            if (file.CanSeek && file.Length > most) throw tooLong(file.Length);
            return new BoundedStream(file, file.CanSeek ? most : Math.Min(most, mostOfPipe), tooLong);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A stream that throws if more is read than allowed: a pipe has no length, and a file may grow.</summary>
    sealed class BoundedStream(FileStream inner, long most, Func<long, Exception> tooLong) : Stream
    {
        long read;

        public override bool CanRead => true;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override int Read(Span<byte> buffer)
        {
            int got = inner.Read(buffer);
            return (read += got) <= most ? got : throw tooLong(read);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush() { }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
