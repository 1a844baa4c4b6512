using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace GpuMlp.Formats;

/// <summary>A message of Google's Protocol Buffers, as bytes: fields with numbers, in the order in which they are added.</summary>
/// <remarks>Format: protobuf.dev/programming-guides/encoding. Values that are the type's default are written too.</remarks>
sealed class ProtobufMessage
{
    const int Variable = 0, Delimited = 2, Fixed32 = 5, MoreFollows = 0x80;

    readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>The message so far.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.WrittenSpan;

    /// <summary>Adds an integer of 0 or more, or the value of an enumeration.</summary>
    public ProtobufMessage Add(int field, long value)
    {
        Tag(field, Variable);
        Integer((ulong)value);
        return this;
    }

    public ProtobufMessage Add(int field, float value)
    {
        Tag(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.GetSpan(sizeof(float)), value);
        bytes.Advance(sizeof(float));
        return this;
    }

    public ProtobufMessage Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    public ProtobufMessage Add(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Delimited);
        Integer((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    public ProtobufMessage Add(int field, ProtobufMessage message) => Add(field, message.Bytes);

    public ProtobufMessage Add(int field, IEnumerable<ProtobufMessage> messages)
    {
        foreach (ProtobufMessage message in messages) Add(field, message);
        return this;
    }

    void Tag(int field, int wireType) => Integer((ulong)(field << 3 | wireType));

    // seven bits a byte, the lowest first
    void Integer(ulong value)
    {
        for (; value >= MoreFollows; value >>= 7) Byte((byte)(value | MoreFollows));
        Byte((byte)value);
    }

    void Byte(byte value)
    {
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
    }
}
