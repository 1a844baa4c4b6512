namespace GpuMlp.Formats;

/// <summary>The checksum of PNG and zip.</summary>
struct Crc32()
{
    static readonly uint[] Remainders = [.. Enumerable.Range(0, 256).Select(n => Remainder((uint)n))];

    uint state = uint.MaxValue;

    /// <summary>The checksum of all bytes so far.</summary>
    public readonly uint Value => ~state;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint crc = state;
        foreach (byte b in bytes) crc = Remainders[(byte)(crc ^ b)] ^ (crc >> 8);
        state = crc;
    }

    static uint Remainder(uint n)
    {
        for (int bit = 0; bit < 8; bit++) n = (n & 1) != 0 ? 0xEDB88320 ^ (n >> 1) : n >> 1;
        return n;
    }
}
