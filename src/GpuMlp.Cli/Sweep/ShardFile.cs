using System.Buffers.Binary;
using System.IO.Hashing;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// The rows of one shard in a file that grows by whole blocks: a header, then blocks, each with its length and its checksum. What a
/// killed task left behind its last whole block is no part of it. The open file is locked, so it has one writer.
/// </summary>
sealed class ShardFile : IDisposable
{
    const int FrameBytes = sizeof(int) + sizeof(ulong), MostHeader = 1 << 24;

    // a task that was killed, and whose successor starts at once, may hold the file for a moment more
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    const int WaitMilliseconds = 50;

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows
    static readonly int[] taken = [11, 35, unchecked((int)0x80070020)];
    static readonly byte[] magic = "gpumlp sweep 1\r\n"u8.ToArray();

    readonly FileStream stream;

    ShardFile(string path, FileStream stream) => (Path, this.stream) = (path, stream);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its header; null if it has no whole one.</summary>
    public ShardHeader? Header { get; private set; }

    /// <summary>The row after the last whole block's.</summary>
    public int End { get; private set; }

    /// <summary>Whether something follows the last whole block.</summary>
    public bool HasTail { get; private set; }

    /// <summary>Opens a shard's file to go on with it, or begins it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">What it has to be.</param>
    /// <param name="anew">Whether a file of another sweep is replaced.</param>
    /// <exception cref="UsageException">Another task writes it, or it is another sweep's, or no shard's.</exception>
    public static ShardFile Open(string path, ShardHeader header, bool anew)
    {
        string name = System.IO.Path.GetFileName(path);
        FileStream stream = Locked(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None) ?? throw new UsageException(
            $"--shard {header.Shard}: another task writes {name} at this moment; each task needs a number of its own");
        var file = new ShardFile(path, stream);
        try
        {
            file.Scan(header.Shard.First(header.Networks));
            if (file.Header is ShardHeader there && header.Difference(there) is string difference)
            {
                if (!anew)
                    throw new UsageException($"--shard {header.Shard}: {path} is another sweep's: {difference}; name another folder, " +
                        "or replace it with --force");
                file.Begin(header);
            }
            else if (file.Header is ShardHeader { Number: int number } && number != header.Number)
                throw new UsageException($"--shard {header.Shard}: {path} holds part {number}: it was copied or renamed; move it away");
            else if (file.Header is null && file.IsBegunOrEmpty()) file.Begin(header);
            else if (file.Header is null) throw new UsageException($"--shard {header.Shard}: {path} is no shard of a sweep; move it away");
            if (file.HasTail) file.Cut();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a shard's file to read it; nobody writes it meanwhile.</summary>
    /// <returns>Null if a task writes it.</returns>
    public static ShardFile? Read(string path)
    {
        if (Locked(path, FileMode.Open, FileAccess.Read, FileShare.Read) is not FileStream stream) return null;
        var file = new ShardFile(path, stream);
        file.Scan(null);
        return file;
    }

    /// <summary>The header of a file; null if it has no whole one, or a task writes it.</summary>
    public static ShardHeader? HeaderOf(string path)
    {
        try
        {
            using var file = new ShardFile(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read));
            file.ReadHeader();
            return file.Header;
        }
        catch (IOException e) when (taken.Contains(e.HResult)) { return null; }
    }

    /// <summary>Adds a block, and flushes it to the disk.</summary>
    public void Append(SweepBlock block)
    {
        if (block.First != End) throw new ArgumentException($"row {End} is the next, not {block.First}", nameof(block));
        stream.Write(Frame(block.ToBytes()));
        stream.Flush(flushToDisk: true);
        End = block.End;
    }

    /// <summary>Its whole blocks, one after the other.</summary>
    public IEnumerable<SweepBlock> Blocks()
    {
        stream.Position = magic.Length;
        ReadFrame();
        while (ReadFrame() is byte[] bytes) yield return SweepBlock.Of(bytes);
    }

    void ReadHeader()
    {
        var begin = new byte[magic.Length];
        stream.Position = 0;
        if (stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length && begin.AsSpan().SequenceEqual(magic)
            && ReadFrame() is byte[] header)
            Header = ShardHeader.Of(header);
    }

    // reads all of it once: afterwards the stream stands behind the last whole block
    void Scan(int? first)
    {
        ReadHeader();
        if (Header is null) return;
        End = first ?? Header.Shard.First(Header.Networks);
        long whole = stream.Position;
        while (ReadFrame() is byte[] bytes && BinaryPrimitives.ReadInt32LittleEndian(bytes) == End)
        {
            End += BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(sizeof(int)));
            whole = stream.Position;
        }
        HasTail = stream.Length > whole;
        stream.Position = whole;
    }

    // null where no whole frame follows
    byte[]? ReadFrame()
    {
        var head = new byte[FrameBytes];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length) return null;
        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length < 2 * sizeof(int) || length > stream.Length - stream.Position) return null;
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return XxHash3.HashToUInt64(bytes) == BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(sizeof(int))) ? bytes : null;
    }

    static byte[] Frame(byte[] bytes)
    {
        var frame = new byte[FrameBytes + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(sizeof(int)), XxHash3.HashToUInt64(bytes));
        bytes.CopyTo(frame, FrameBytes);
        return frame;
    }

    /// <summary>Whether it is empty or a task has begun it: one that was killed while it wrote the header left its beginning.</summary>
    public bool IsBegunOrEmpty()
    {
        if (stream.Length > MostHeader) return false;
        var begin = new byte[Math.Min(stream.Length, magic.Length)];
        stream.Position = 0;
        stream.ReadExactly(begin);
        return magic.AsSpan().StartsWith(begin);
    }

    void Begin(ShardHeader header)
    {
        stream.SetLength(0);
        stream.Write([.. magic, .. Frame(header.ToBytes())]);
        stream.Flush(flushToDisk: true);
        AtomicFile.FlushFolder(System.IO.Path.GetDirectoryName(Path)!);
        (Header, End, HasTail) = (header, header.Shard.First(header.Networks), false);
    }

    void Cut()
    {
        stream.SetLength(stream.Position);
        HasTail = false;
    }

    static FileStream? Locked(string path, FileMode mode, FileAccess access, FileShare share)
    {
        for (long start = System.Diagnostics.Stopwatch.GetTimestamp(); ;)
        {
            try { return new FileStream(path, mode, access, share); }
            catch (IOException e) when (taken.Contains(e.HResult))
            {
                if (System.Diagnostics.Stopwatch.GetElapsedTime(start) > Patience) return null;
            }
            Thread.Sleep(WaitMilliseconds);
        }
    }

    public void Dispose() => stream.Dispose();
}
