using System.Text;
using GpuMlp.Formats;

namespace GpuMlp.Tables;

/// <summary>A file of text, which may be read again: uncompressed, and in UTF-8 unless it is in an encoding of one byte per
/// character.</summary>
sealed class TableSource
{
    // a table takes about as much memory as its text, and a little more while it is read
    const int MemoryPerByte = 2;

    /// <summary>How much of a file is looked at to guess its format: more where its first two lines are longer.</summary>
    public const int HeadLength = 1 << 17;

    const int HeadLines = 2;

    readonly Func<Stream> open;
    readonly Encoding? wide;
    readonly bool compressed;
    readonly int mark;

    TableSource(string path, Func<Stream> open, long? length)
    {
        (Path, this.open) = (path, open);
        using (Stream raw = open()) Head = First(raw, 512);
        compressed = IsCompressed(Head);
        if (compressed) Head = Whole(() => First(new GzipText(open()), 512));
        (wide, mark) = Mark(Head);
        using Stream text = Open();
        Head = Whole(() => FirstLines(text));
        Length = compressed || length is null ? null : length;
        ForeignFormats.Refuse(path, Head);
    }

    /// <summary>The file's name in messages.</summary>
    public string Path { get; }

    /// <summary>The first bytes of the text.</summary>
    public byte[] Head { get; }

    /// <summary>Whether <see cref="Head"/> is all of it.</summary>
    public bool IsShort { get; private set; }

    /// <summary>The number of bytes, where it is known before reading.</summary>
    public long? Length { get; }

    /// <summary>The encoding in words; null for UTF-8 and what looks like it.</summary>
    public string? EncodingName => wide is null ? null : wide is UTF32Encoding ? "UTF-32" : "UTF-16";

    /// <summary>A file, or a pipe, which is read to its end first.</summary>
    /// <exception cref="InvalidDataException">The path is a folder, a device or a file of another format.</exception>
    public static TableSource Of(string path)
    {
        if (FileStatus.Of(path)?.Kind == FileKind.Pipe) return Of(InputFile.Open(path, MemoryPerByte), path);
        long length;
        using (Stream file = InputFile.Open(path, MemoryPerByte)) length = file.Length;
        return new(path, () => InputFile.Open(path, MemoryPerByte), length);
    }

    /// <summary>A stream that is read once, in constant memory.</summary>
    public static TableSource Once(Stream stream, string name)
    {
        var replay = new ReplayStream(stream);
        var source = new TableSource(name, replay.Open, null);
        source.last = replay.Release;
        return source;
    }

    Action? last;

    /// <summary>All that a stream gives.</summary>
    public static TableSource Of(Stream stream, string name)
    {
        using var all = new MemoryStream();
        var piece = new byte[1 << 16];
        long most = Math.Min(InputFile.Memory / (1 + MemoryPerByte), Array.MaxLength), row = 0;
        for (int got; (got = stream.Read(piece)) > 0;)
        {
            if (all.Length + got > most)
                throw new InsufficientMemoryException(FormattableString.Invariant(
                    $"{name}: gives more than {most:N0} bytes, for which the {InputFile.Memory:N0} bytes of memory are too few"));
            all.Write(piece, 0, got);
            int end = piece.AsSpan(0, got).LastIndexOfAny((byte)'\n', (byte)'\r');
            row = end < 0 ? row + got : got - end - 1;
            if (row > RowReader.LongestRow && !IsCompressed(all.GetBuffer())) throw RowReader.TooLong(name, 1, 0);
        }
        byte[] bytes = all.ToArray();
        return new(name, () => new MemoryStream(bytes, writable: false), bytes.Length);
    }

    /// <summary>The text from its beginning, without a byte order mark.</summary>
    public Stream Open()
    {
        Stream stream = open();
        last?.Invoke();
        if (compressed) stream = new GzipText(stream);
        for (int k = 0; k < mark; k++) stream.ReadByte();
        return wide is null ? stream : Encoding.CreateTranscodingStream(stream, wide, Encoding.UTF8);
    }

    static bool IsCompressed(ReadOnlySpan<byte> head) => head is [0x1F, 0x8B, ..];

    /// <summary>Does what reads the file.</summary>
    /// <exception cref="InvalidDataException">The compressed data is damaged.</exception>
    public T Whole<T>(Func<T> read)
    {
        try { return read(); }
        catch (InvalidDataException e) when (compressed && !e.Message.StartsWith(Path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{Path}: the gzip data is damaged: {e.Message}", e);
        }
    }

    // a header names as many columns as it likes, and nothing can be guessed from a part of it
    byte[] FirstLines(Stream text)
    {
        byte[] head = First(text, HeadLength);
        IsShort = head.Length < HeadLength;
        for (int counted = 0, lines = 0; !IsShort && head.Length < RowReader.LongestRow;)
        {
            lines += head.AsSpan(counted).Count((byte)'\n') + head.AsSpan(counted).Count((byte)'\r');
            if (lines >= 2 * HeadLines) break;
            counted = head.Length;
            byte[] more = First(text, Math.Min(counted, RowReader.LongestRow - counted));
            IsShort = more.Length < Math.Min(counted, RowReader.LongestRow - counted);
            head = [.. head, .. more];
        }
        return head;
    }

    static byte[] First(Stream stream, int most)
    {
        var bytes = new byte[Math.Min(most, 1 << 12)];
        int count = 0;
        for (int got; (got = stream.ReadAtLeast(bytes.AsSpan(count), bytes.Length - count, throwOnEndOfStream: false)) > 0;)
        {
            count += got;
            if (count < bytes.Length || count == most) break;
            Array.Resize(ref bytes, Math.Min(most, 4 * bytes.Length));
        }
        return bytes[..count];
    }

    // without a byte order mark, every second byte of UTF-16's ASCII characters is 0
    static (Encoding? Wide, int Mark) Mark(ReadOnlySpan<byte> head) => head switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (null, 3),
        [0xFF, 0xFE, 0, 0, ..] => (Encoding.UTF32, 4),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        _ when Zeros(head, 1) => (Encoding.Unicode, 0),
        _ when Zeros(head, 0) => (Encoding.BigEndianUnicode, 0),
        _ => (null, 0),
    };

    static bool Zeros(ReadOnlySpan<byte> head, int first)
    {
        int zeros = 0, others = 0;
        for (int k = 0; k < head.Length; k++)
        {
            if (k % 2 == first) zeros += head[k] == 0 ? 1 : 0;
            else others += head[k] == 0 ? 1 : 0;
        }
        return head.Length >= 4 && others == 0 && zeros * 10 >= head.Length / 2 * 9;
    }
}
