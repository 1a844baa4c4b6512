using System.Buffers.Binary;

namespace GpuMlp.Plotting;

/// <summary>Writes an animated GIF (GIF89a specification, CompuServe 1990) whose frames share one table of colours.</summary>
sealed class GifWriter
{
    const byte AsBefore = 255;                                              // the transparent index
    const int CodeBits = 8, ClearCode = 1 << CodeBits, EndCode = ClearCode + 1, MostCodes = 4096;
    readonly Stream stream;
    readonly int width, height;

    /// <summary>Writes the header: the size, the colours (255 at most), and that the animation repeats for ever.</summary>
    public GifWriter(Stream stream, int width, int height, IReadOnlyList<uint> colours)
    {
        (this.stream, this.width, this.height) = (stream, width, height);
        stream.Write("GIF89a"u8);
        WriteShorts(width, height);
        stream.Write([0xF7, AsBefore, 0]);                                  // a global table of 256 colours
        for (int i = 0; i < 256; i++)
        {
            uint c = i < colours.Count ? colours[i] : 0;
            stream.Write([(byte)(c >> 16), (byte)(c >> 8), (byte)c]);
        }
        stream.Write([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]);
    }

    /// <summary>Appends a frame that <see cref="Compress"/> made, shown for a time in hundredths of a second.</summary>
    public void Write(byte[] frame, int hundredths)
    {
        stream.Write([0x21, 0xF9, 4, 0x05]);                                // the frame before stays below; one index is transparent
        WriteShorts(hundredths);
        stream.Write([AsBefore, 0, 0x2C]);
        WriteShorts(0, 0, width, height);
        stream.Write([0, CodeBits, .. frame, 0]);
    }

    /// <summary>Ends the file.</summary>
    public void Finish() => stream.WriteByte(0x3B);

    /// <summary>Packs a frame's indices by LZW into sub-blocks; a pixel that equals the frame before becomes transparent.</summary>
    public static byte[] Compress(byte[] indices, byte[]? before)
    {
        var bits = new BitBlocks(indices.Length / 8);
        // The strings seen so far, (code of the prefix, next index) -> code, in a hash table with open addressing; key 0 marks a free
        // place.
        var keys = new int[MostCodes * 4];
        var codes = new short[MostCodes * 4];
        int next = EndCode + 1, size = CodeBits + 1;
        bits.Write(ClearCode, size);
        int prefix = Pixel(indices, before, 0);
        for (int i = 1; i < indices.Length; i++)
        {
            byte pixel = Pixel(indices, before, i);
            int key = (prefix << 8 | pixel) + 1, place = (int)((uint)key * 2654435769u >> 18);
            while (keys[place] != key && keys[place] != 0) place = place + 1 & keys.Length - 1;
            if (keys[place] == key) { prefix = codes[place]; continue; }

            bits.Write(prefix, size);
            prefix = pixel;
            if (next == MostCodes)
            {
                bits.Write(ClearCode, size);
                Array.Clear(keys);
                (next, size) = (EndCode + 1, CodeBits + 1);
                continue;
            }
            (keys[place], codes[place]) = (key, (short)next);
            if (next++ == 1 << size) size++;
        }
        bits.Write(prefix, size);
        // The decoder has learned one more string by now, so its codes may already be one bit wider.
        if (next == 1 << size && size < 12) size++;
        bits.Write(EndCode, size);
        return bits.ToArray();
    }

    static byte Pixel(byte[] indices, byte[]? before, int i) => before != null && before[i] == indices[i] ? AsBefore : indices[i];

    void WriteShorts(params ReadOnlySpan<int> values)
    {
        Span<byte> bytes = stackalloc byte[2];
        foreach (int value in values)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
            stream.Write(bytes);
        }
    }

    /// <summary>Codes packed from the lowest bit up, in blocks of at most 255 bytes that each begin with their length.</summary>
    sealed class BitBlocks(int capacity)
    {
        readonly List<byte> bytes = new(capacity);
        int start = -1, pending, count;

        public void Write(int code, int size)
        {
            pending |= code << count;
            for (count += size; count >= 8; count -= 8, pending >>= 8) Append((byte)pending);
        }

        public byte[] ToArray()
        {
            if (count > 0) Append((byte)pending);
            return [.. bytes];
        }

        void Append(byte value)
        {
            if (start < 0 || bytes[start] == 255)
            {
                start = bytes.Count;
                bytes.Add(0);
            }
            bytes.Add(value);
            bytes[start]++;
        }
    }
}
