using System.Text.Json;
using System.Text.Unicode;

namespace GpuMlp.Formats;

/// <summary>Parses the JSON of a safetensors header token by token; refuses unknown and repeated keys.</summary>
ref struct SafetensorsHeaderParser
{
    const int MostOffsets = 2;
    readonly string file;
    Utf8JsonReader json;
    string? tensor;                                                // the tensor that is being read, for messages

    SafetensorsHeaderParser(ReadOnlySpan<byte> bytes, string file)
    {
        this.file = file;
        json = new Utf8JsonReader(bytes);
    }

    public static SafetensorsHeader Parse(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.IsEmpty || bytes[0] != '{') throw new InvalidDataException($"{file}: the header does not begin with '{{'.");
        if (!Utf8.IsValid(bytes)) throw new InvalidDataException($"{file}: the header is not UTF-8.");
        var parser = new SafetensorsHeaderParser(bytes, file);
        try { return parser.Header(); }
        catch (JsonException e) { throw new InvalidDataException($"{file}: the header is not JSON: {e.Message}", e); }
    }

    SafetensorsHeader Header()
    {
        var entries = new List<SafetensorsEntry>();
        Dictionary<string, string>? metadata = null;
        var seen = new HashSet<string>();
        Next(JsonTokenType.StartObject, "an object");
        while (NextKey() is string key)
        {
            if (!seen.Add(key)) throw Bad($"key {Quoted.Quote(key)} comes twice");
            if (key == SafetensorsHeader.MetadataKey) metadata = Metadata();
            else entries.Add(Entry(key));
            if (entries.Count > SafetensorsHeader.MostTensors) throw Bad($"more than {SafetensorsHeader.MostTensors} tensors");
        }
        json.Read();                                               // throws if anything but white space follows
        return new SafetensorsHeader(entries, metadata ?? []);
    }

    Dictionary<string, string> Metadata()
    {
        var metadata = new Dictionary<string, string>();
        if (!json.Read() || json.TokenType == JsonTokenType.Null) return metadata;      // as the reference implementation takes it
        if (json.TokenType != JsonTokenType.StartObject)
            throw Bad($"an object as {SafetensorsHeader.MetadataKey} expected, {json.TokenType} found");
        while (NextKey() is string key)
        {
            Next(JsonTokenType.String, $"a string as metadata {Quoted.Quote(key)}");
            if (!metadata.TryAdd(key, Text())) throw Bad($"metadata key {Quoted.Quote(key)} comes twice");
        }
        return metadata;
    }

    SafetensorsEntry Entry(string name)
    {
        tensor = name;
        string? dtype = null;
        List<long>? shape = null, offsets = null;
        Next(JsonTokenType.StartObject, "an object");
        while (NextKey() is string key)
        {
            if (key == "dtype" && dtype is null)
            {
                Next(JsonTokenType.String, "a string as dtype");
                dtype = Text();
            }
            else if (key == "shape" && shape is null) shape = Integers(key, int.MaxValue, SafetensorsHeader.MostDimensions);
            else if (key == "data_offsets" && offsets is null) offsets = Integers(key, long.MaxValue, MostOffsets);
            else throw Bad($"key {Quoted.Quote(key)} is unknown or comes twice; allowed are dtype, shape and data_offsets");
        }
        if (dtype is null || shape is null || offsets is null) throw Bad("a key is missing; needed are dtype, shape and data_offsets");
        if (offsets.Count != MostOffsets) throw Bad($"data_offsets has {offsets.Count} numbers, not {MostOffsets}");
        tensor = null;
        return new SafetensorsEntry(name, dtype, [.. shape.Select(size => (int)size)], offsets[0], offsets[1]);
    }

    List<long> Integers(string key, long max, int most)
    {
        var integers = new List<long>();
        Next(JsonTokenType.StartArray, $"an array as {key}");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long value) || value < 0 || value > max)
                throw Bad($"{key} holds something else than integers from 0 to {max}");
            if (integers.Count == most) throw Bad($"{key} has more than {most} numbers");
            integers.Add(value);
        }
        return integers;
    }

    /// <summary>The next key of an object; null at the object's end.</summary>
    string? NextKey() => json.Read() && json.TokenType == JsonTokenType.PropertyName ? Text() : null;

    void Next(JsonTokenType type, string expected)
    {
        if (!json.Read() || json.TokenType != type) throw Bad($"{expected} expected, {json.TokenType} found");
    }

    readonly string Text()
    {
        try { return json.GetString()!; }
        // An escape such as \ud800 is valid JSON, but is half a character.
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"{file}: the header holds a string that is not Unicode.", e);
        }
    }

    readonly InvalidDataException Bad(string what)
    {
        string where = tensor is null ? "header" : $"tensor {Quoted.Quote(tensor)}";
        return new($"{file}: {where}: {what}.");
    }
}
