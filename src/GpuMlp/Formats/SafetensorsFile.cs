using System.Buffers.Binary;

namespace GpuMlp.Formats;

/// <summary>
/// A safetensors file: named tensors in order, and metadata of strings. It is written deterministically and read strictly.
/// </summary>
/// <remarks>
/// Format: github.com/huggingface/safetensors, README, "Format". F32, I64 and U64 are read and written; F16, BF16 and F64 are read and
/// converted to float32, rounding to nearest; other types are kept as their bytes. Every byte of a file has to be what the
/// header says, which has at most 1 MiB, 4,096 tensors and 8 dimensions of each.
/// </remarks>
public sealed class SafetensorsFile
{
    readonly Dictionary<string, SafeTensor> byName = [];

    /// <summary>Makes a file in memory.</summary>
    /// <exception cref="ArgumentException">
    /// A tensor is null, two have the same name, or a name or a string of the metadata is no text.
    /// </exception>
    public SafetensorsFile(IEnumerable<SafeTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Tensors = [.. tensors];
        if (Tensors.Contains(null!)) throw new ArgumentException("A tensor is null.", nameof(tensors));
        Metadata = metadata ?? new Dictionary<string, string>();
        if (!Tensors.Select(tensor => tensor.Name).Concat(Metadata.Keys).Concat(Metadata.Values).All(SafetensorsHeader.IsText))
            throw new ArgumentException("A name or a string of the metadata is null or holds half a surrogate pair: no file can hold it.");
        foreach (SafeTensor tensor in Tensors)
            if (!byName.TryAdd(tensor.Name, tensor))
                throw new ArgumentException($"Two tensors are called '{tensor.Name}'.", nameof(tensors));
    }

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyList<SafeTensor> Tensors { get; }

    /// <summary>The strings of <c>__metadata__</c>; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of that name, or null.</summary>
    public SafeTensor? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return byName.GetValueOrDefault(name);
    }

    /// <summary>Writes the file atomically: equal contents give equal bytes.</summary>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes to a stream, which need not be seekable.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        // Wider elements come first in the data, as in the reference implementation, so that each tensor is aligned to its element size.
        SafeTensor[] layout = [.. Tensors.OrderByDescending(t => SafetensorsHeader.ElementBytes(t.Dtype))];
        byte[] header = SafetensorsHeader.Encode(Tensors, layout, Metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (SafeTensor tensor in layout) tensor.Write(stream);
    }

    /// <summary>Reads a file or a pipe.</summary>
    /// <exception cref="InvalidDataException">
    /// The file breaks a rule of the format, and the message names file, tensor and rule; or it is a folder or a device.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">The file takes more memory than there is.</exception>
    public static SafetensorsFile Read(string path)
    {
        const int BytesAByte = 3;                                  // the file itself, its tensors, and the layers made of them
        using Stream stream = InputFile.OpenSeekable(path, BytesAByte);
        return Read(stream, path);
    }

    /// <summary>Reads a seekable stream from its current position to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The stream's name in messages.</param>
    /// <exception cref="InvalidDataException">The bytes break a rule of the format; the message names stream, tensor and rule.</exception>
    public static SafetensorsFile Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!stream.CanSeek) throw new InvalidDataException($"{name}: a safetensors file of known length is needed, not a pipe.");
        SafetensorsHeader header = SafetensorsHeader.Read(stream, name);
        long data = stream.Position;
        var tensors = new List<SafeTensor>();
        foreach (SafetensorsEntry entry in header.Entries)
        {
            stream.Position = data + entry.Begin;
            tensors.Add(Load(stream, entry, name));
        }
        stream.Position = stream.Length;
        return new SafetensorsFile(tensors, header.Metadata);
    }

    static SafeTensor Load(Stream stream, SafetensorsEntry entry, string name)
    {
        float Narrow(double value) => !double.IsFinite(value) || float.IsFinite((float)value) ? (float)value
            : throw new InvalidDataException($"{name}: tensor {Quoted.Quote(entry.Name)}: {value:R} is beyond float32.");
        long Signed(ulong value) => value <= long.MaxValue ? (long)value
            : throw new InvalidDataException(
                $"{name}: tensor {Quoted.Quote(entry.Name)}: {value} is above {long.MaxValue}, the largest allowed.");
        SafeTensor Floats<T>(Converter<T, float> convert) where T : unmanaged =>
            SafeTensor.Float32(entry.Name, entry.Shape, Array.ConvertAll(RawBytes.Read<T>(stream, entry.Count), convert));

        return entry.Dtype switch
        {
            "F32" => SafeTensor.Float32(entry.Name, entry.Shape, RawBytes.Read<float>(stream, entry.Count)),
            "F64" => Floats<double>(Narrow),
            "F16" => Floats<Half>(value => (float)value),
            "BF16" => Floats<ushort>(bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)),
            "I64" => SafeTensor.Int64(entry.Name, entry.Shape, RawBytes.Read<long>(stream, entry.Count)),
            "U64" => SafeTensor.UInt64(entry.Name, entry.Shape, Array.ConvertAll(RawBytes.Read<ulong>(stream, entry.Count), Signed)),
            _ => SafeTensor.Opaque(entry.Name, entry.Shape, entry.Dtype,
                RawBytes.Read<byte>(stream, entry.Count * SafetensorsHeader.ElementBytes(entry.Dtype))),
        };
    }
}
