using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace GpuMlp.Cli.Play;

/// <summary>
/// A message for the page: the length of its head, the head as JSON, and behind it parts of numbers, each at a multiple of four bytes so
/// that the page can look at them without copying. The head says where each part is.
/// </summary>
sealed class PageMessage
{
    readonly List<(string Name, byte[] Bytes)> parts = [];
    readonly MemoryStream head = new();
    readonly Utf8JsonWriter json;

    /// <summary>Begins a message.</summary>
    /// <param name="kind">What it is.</param>
    public PageMessage(string kind)
    {
        json = new Utf8JsonWriter(head);
        json.WriteStartObject();
        json.WriteString("kind", kind);
    }

    /// <summary>What else the head says.</summary>
    public Utf8JsonWriter Json => json;

    /// <summary>A message of one sentence.</summary>
    public static byte[] OfText(string kind, string text)
    {
        var message = new PageMessage(kind);
        message.Json.WriteString("text", text);
        return message.ToBytes();
    }

    /// <summary>Adds a part.</summary>
    public void Add(string name, byte[] bytes) => parts.Add((name, bytes));

    /// <summary>Adds a part of floats.</summary>
    public void Add(string name, ReadOnlySpan<float> values) => Add(name, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Writes a number, or null where it is none.</summary>
    public void Number(string name, double? value)
    {
        if (value is double number && double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    /// <summary>The message as it is sent.</summary>
    public byte[] ToBytes()
    {
        json.WriteStartArray("parts");
        int at = 0;
        foreach ((string name, byte[] bytes) in parts)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("at", at);
            json.WriteNumber("length", bytes.Length);
            json.WriteEndObject();
            at += Padded(bytes.Length);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        int length = Padded((int)head.Length), first = sizeof(int) + length;
        var message = new byte[first + at];
        BinaryPrimitives.WriteInt32LittleEndian(message, length);
        message.AsSpan(sizeof(int), length).Fill((byte)' ');
        head.GetBuffer().AsSpan(0, (int)head.Length).CopyTo(message.AsSpan(sizeof(int)));
        foreach ((_, byte[] bytes) in parts)
        {
            bytes.CopyTo(message, first);
            first += Padded(bytes.Length);
        }
        return message;
    }

    static int Padded(int length) => (length + 3) / 4 * 4;
}
