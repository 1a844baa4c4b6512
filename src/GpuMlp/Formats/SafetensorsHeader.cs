using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GpuMlp.Formats;

/// <summary>A tensor as a safetensors header describes it; its bytes are Begin to End (exclusive) of the data.</summary>
readonly record struct SafetensorsEntry(string Name, string Dtype, int[] Shape, long Begin, long End)
{
    /// <summary>The number of elements, once the header is checked.</summary>
    public int Count => (int)RawBytes.Count(Shape)!.Value;
}

/// <summary>The header of a safetensors file: its length, and a JSON object of tensors and metadata.</summary>
sealed record SafetensorsHeader(List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata)
{
    public const string MetadataKey = "__metadata__";
    public const int MostTensors = 4096, MostDimensions = 8;
    const int MaxLength = 1 << 20;

    /// <summary>The size of an element in bytes; 0 for an element type that the format does not have.</summary>
    public static int ElementBytes(string dtype) => dtype switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "BOOL" or "I8" or "U8" or "F8_E4M3" or "F8_E5M2" => 1,
        _ => 0,
    };

    /// <summary>Whether a string can be written as UTF-8: half a surrogate pair would be read back as U+FFFD.</summary>
    public static bool IsText(string? text) => text is not null && string.Concat(text.EnumerateRunes()) == text;

    /// <summary>The JSON, padded with spaces so that the data begins at a multiple of 8.</summary>
    /// <param name="tensors">The tensors in the order of the header.</param>
    /// <param name="layout">The same tensors in the order of the data.</param>
    /// <param name="metadata">The strings, written first and sorted by key; left out if there are none.</param>
    public static byte[] Encode(IReadOnlyList<SafeTensor> tensors, SafeTensor[] layout, IReadOnlyDictionary<string, string> metadata)
    {
        var begins = new Dictionary<SafeTensor, long>();
        long end = 0;
        foreach (SafeTensor tensor in layout)
        {
            begins[tensor] = end;
            end += Bytes(tensor);
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            foreach (SafeTensor tensor in tensors) Encode(json, tensor, begins[tensor]);
            json.WriteEndObject();
        }
        int padding = -buffer.WrittenCount & 7;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan.ToArray();
    }

    static void Encode(Utf8JsonWriter json, SafeTensor tensor, long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Dtype);
        json.WriteStartArray("shape");
        foreach (int size in tensor.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + Bytes(tensor));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static long Bytes(SafeTensor tensor) => (long)ElementBytes(tensor.Dtype) * RawBytes.Count([.. tensor.Shape])!.Value;

    /// <summary>Reads and checks a header, and leaves the stream at the first byte of data.</summary>
    public static SafetensorsHeader Read(Stream stream, string file)
    {
        var prefix = new byte[sizeof(ulong)];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            throw new InvalidDataException($"{file}: shorter than the 8 bytes of a safetensors header length.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        long rest = stream.Length - stream.Position;
        if (prefix.All(value => value is >= 0x20 and < 0x7F or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            throw new InvalidDataException($"{file}: is text, it begins with {Quoted.Quote(Encoding.ASCII.GetString(prefix))}; " +
                "a safetensors file is needed.");
        if (length > MaxLength)
            throw new InvalidDataException(
                $"{file}: header length {length}; at most {MaxLength} is allowed (is this a safetensors file?).");
        if (length > (ulong)rest)
            throw new InvalidDataException($"{file}: header length {length}, but only {rest} bytes follow (truncated).");
        var json = new byte[length];
        stream.ReadExactly(json);
        SafetensorsHeader header = SafetensorsHeaderParser.Parse(json, file);
        header.Check(rest - (long)length, file);
        return header;
    }

    // Checks that every range has the size that its shape needs, and that the ranges cover the data exactly once.
    void Check(long dataBytes, string file)
    {
        foreach (SafetensorsEntry entry in Entries)
        {
            InvalidDataException Bad(string what) => new($"{file}: tensor {Quoted.Quote(entry.Name)}: {what}.");
            int width = ElementBytes(entry.Dtype);
            if (width == 0) throw Bad($"dtype {Quoted.Quote(entry.Dtype)} is none of the format's");
            if (RawBytes.Count(entry.Shape) is not long count || count > Array.MaxLength)
                throw Bad($"shape {RawBytes.Text(entry.Shape)} has more than {Array.MaxLength} elements");
            string range = $"data_offsets [{entry.Begin}, {entry.End}]";
            if (entry.Begin > entry.End || entry.End > dataBytes)
                throw Bad($"{range} do not lie within the {dataBytes} bytes of data{(entry.End > dataBytes ? " (truncated)" : "")}");
            if (entry.End - entry.Begin != count * width)
                throw Bad($"{range} span {entry.End - entry.Begin} bytes, " +
                    $"shape {RawBytes.Text(entry.Shape)} of {entry.Dtype} takes {count * width}");
        }
        long end = 0;
        foreach (SafetensorsEntry entry in Entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != end)
                throw new InvalidDataException($"{file}: tensor {Quoted.Quote(entry.Name)}: data_offsets begin at {entry.Begin}, " +
                    (entry.Begin < end ? $"within the tensor before, which ends at {end}."
                        : $"a gap after {end}, where the data before ends."));
            end = entry.End;
        }
        if (end != dataBytes) throw new InvalidDataException($"{file}: {dataBytes - end} trailing bytes after the last tensor.");
    }
}
