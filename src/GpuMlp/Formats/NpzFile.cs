using System.IO.Compression;

namespace GpuMlp.Formats;

/// <summary>
/// NumPy's .npz files: named arrays, each an .npy file in a zip archive. They are written without compression and deterministically, and
/// read strictly, compressed or not.
/// </summary>
/// <remarks>Format: numpy.org/doc/stable/reference/generated/numpy.savez.html.</remarks>
public sealed class NpzFile
{
    const string Extension = ".npy";
    // zeros deflate to a thousandth, weights and measurements hardly at all; a small file may hold a constant array of any shape
    const int MostEntries = 4096, MostGrowth = 100, AlwaysAllowed = 1 << 20;

    static readonly DateTimeOffset Begin = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);    // zip's first day, as NumPy writes it

    readonly Dictionary<string, NpyArray> byName = [];

    /// <summary>Makes a file in memory.</summary>
    /// <exception cref="ArgumentException">Two arrays have one name, there are more than 4,096, or a name is no text.</exception>
    public NpzFile(IEnumerable<(string Name, NpyArray Array)> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        Arrays = [.. arrays];
        if (Arrays.Count > MostEntries)
            throw new ArgumentException($"{Arrays.Count} arrays; at most {MostEntries} are allowed.", nameof(arrays));
        foreach ((string name, NpyArray array) in Arrays)
        {
            if (!SafetensorsHeader.IsText(name) || name.Length is 0 or > Quoted.LongestName)
                throw new ArgumentException($"A name of an array is 1 to {Quoted.LongestName} characters.", nameof(arrays));
            ArgumentNullException.ThrowIfNull(array, nameof(arrays));
            if (!byName.TryAdd(name, array)) throw new ArgumentException($"Two arrays are called {Quoted.Quote(name)}.", nameof(arrays));
        }
    }

    /// <summary>The arrays in the order of the file.</summary>
    public IReadOnlyList<(string Name, NpyArray Array)> Arrays { get; }

    /// <summary>The array of that name, without .npy; or null.</summary>
    public NpyArray? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return byName.GetValueOrDefault(name);
    }

    /// <summary>Writes the file atomically.</summary>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes to a stream.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, NpyArray array) in Arrays)
        {
            ZipArchiveEntry entry = zip.CreateEntry(name + Extension, CompressionLevel.NoCompression);
            entry.LastWriteTime = Begin;
            using Stream to = entry.Open();
            array.Write(to);
        }
    }

    /// <summary>Reads a file or a pipe.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is no whole and plain .npz, holds more than 4,096 arrays, or unpacks to more than 100 times its size; the message names
    /// file, array and rule.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">The file takes more memory than there is.</exception>
    public static NpzFile Read(string path)
    {
        const int BytesAByte = 3;                                  // the file in a pipe, its arrays, and one of them in another order
        using Stream stream = InputFile.OpenSeekable(path, BytesAByte);
        return Read(stream, path);
    }

    /// <summary>Reads a seekable stream, all of which is the file.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The stream's name in messages.</param>
    /// <exception cref="InvalidDataException">As for a path.</exception>
    public static NpzFile Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!stream.CanSeek) throw new InvalidDataException($"{name}: an .npz file of known length is needed, not a pipe.");
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            Check(zip, stream.Length, name);
            return new NpzFile([.. zip.Entries.Select(entry => (entry.FullName[..^Extension.Length], Load(entry, name)))]);
        }
        // what ZipArchive throws for bytes that are no archive; its messages name the damage, but no file
        catch (Exception e) when (!IsOurs(e, name) && IsOfDamage(e))
        {
            throw new InvalidDataException($"{name}: not a whole .npz file: {e.Message}", e);
        }
    }

    static bool IsOurs(Exception e, string name) =>
        e is InvalidDataException && e.Message.StartsWith($"{name}: ", StringComparison.Ordinal);

    static bool IsOfDamage(Exception e) =>
        e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException;

    static void Check(ZipArchive zip, long bytes, string name)
    {
        if (zip.Entries.Count > MostEntries)
            throw new InvalidDataException($"{name}: {zip.Entries.Count} arrays; at most {MostEntries} are allowed.");
        var seen = new HashSet<string>();
        long unpacked = 0, most = AlwaysAllowed + MostGrowth * bytes;
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            string file = entry.FullName;
            if (file.Length <= Extension.Length || !file.EndsWith(Extension, StringComparison.Ordinal))
                throw new InvalidDataException($"{name}: {Quoted.Quote(file)} in it is no {Extension} file.");
            if (file.Length > Quoted.LongestName + Extension.Length)
                throw new InvalidDataException($"{name}: the name {Quoted.Quote(file)} has more than {Quoted.LongestName} characters.");
            if (!seen.Add(file)) throw new InvalidDataException($"{name}: {Quoted.Quote(file)} comes twice.");
            if (entry.IsEncrypted) throw new InvalidDataException($"{name}: {Quoted.Quote(file)} is encrypted.");
            if (entry.Length < 0 || entry.Length > most - unpacked)
                throw new InvalidDataException($"{name}: {Quoted.Quote(file)} unpacks to {entry.Length} bytes; " +
                    $"at most {most} are read of a file of {bytes} bytes, {MostGrowth} times as much.");
            unpacked += entry.Length;
        }
    }

    static NpyArray Load(ZipArchiveEntry entry, string name)
    {
        string where = $"{name}: {Quoted.Quote(entry.FullName)}";
        using Stream unpacked = entry.Open();
        using var counted = new CheckedStream(unpacked);
        NpyArray array = Npy.Read(counted, entry.Length, where);
        if (counted.ReadByte() != -1) throw new InvalidDataException($"{where}: unpacks to more than the {entry.Length} bytes it says.");
        if (counted.Checksum != entry.Crc32)
            throw new InvalidDataException($"{where}: checksum {counted.Checksum:x8}; the archive says {entry.Crc32:x8}.");
        return array;
    }

    /// <summary>Passes bytes on and adds them to a checksum.</summary>
    sealed class CheckedStream(Stream inner) : Stream
    {
        Crc32 crc = new();

        public uint Checksum => crc.Value;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int got = inner.Read(buffer);
            crc.Add(buffer[..got]);
            return got;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
