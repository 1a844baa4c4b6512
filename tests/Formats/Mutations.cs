using System.Diagnostics;

namespace GpuMlp.Tests.Formats;

/// <summary>Reads many damaged files, the same ones in each run: none may do more than throw the exception that readers declare.</summary>
static class Mutations
{
    const long MostBeyondTheFile = 64 << 20;
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Reads damaged copies of valid files.</summary>
    /// <param name="count">How many.</param>
    /// <param name="valid">The files.</param>
    /// <param name="read">The reader; it may throw InvalidDataException.</param>
    /// <param name="wrap">What is done to the bytes after they were damaged, for formats with a checksum around them.</param>
    /// <returns>How many were refused.</returns>
    public static int Read(int count, byte[][] valid, Action<byte[]> read, Func<byte[], byte[]>? wrap = null)
    {
        foreach (byte[] file in valid) read(wrap is null ? file : wrap(file));
        int refused = 0;
        var random = new Random(20);
        for (int k = 0; k < count; k++)
        {
            byte[] bytes = Mutate(valid[random.Next(valid.Length)], valid[random.Next(valid.Length)], random);
            if (wrap is not null) bytes = wrap(bytes);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            string? fault = null;
            try { read(bytes); }
            catch (InvalidDataException) { refused++; }
            catch (Exception e) { fault = e.ToString(); }
            if (GC.GetAllocatedBytesForCurrentThread() - before - bytes.Length > MostBeyondTheFile) fault ??= "too much memory";
            if (Stopwatch.GetElapsedTime(start) > Longest) fault ??= "too long";
            Assert.True(fault is null, $"file {k}, {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 2000)))}: {fault}");
        }
        return refused;
    }

    static byte[] Mutate(byte[] file, byte[] other, Random random)
    {
        var bytes = new List<byte>(file);
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count + 1), length = Math.Min(1 << random.Next(6), bytes.Count - at);
            switch (random.Next(8))
            {
                case 0: if (length > 0) bytes[at] = (byte)random.Next(256); break;
                case 1: if (length > 0) bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 4: bytes.InsertRange(at, other.Skip(random.Next(other.Length)).Take(1 << random.Next(6))); break;
                case 5: if (random.Next(4) == 0) bytes.RemoveRange(at, bytes.Count - at); break;
                case 6: Fill(bytes, at, length, (byte)(random.Next(2) * 255)); break;
                default: Digit(bytes, at, random); break;
            }
        }
        return [.. bytes];
    }

    static void Fill(List<byte> bytes, int at, int length, byte value)
    {
        for (int k = 0; k < length; k++) bytes[at + k] = value;
    }

    // numbers in headers of text: the next digit becomes another, or many
    static void Digit(List<byte> bytes, int at, Random random)
    {
        int digit = bytes.FindIndex(at, value => char.IsAsciiDigit((char)value));
        if (digit < 0) return;
        bytes[digit] = (byte)('0' + random.Next(10));
        if (random.Next(3) == 0) bytes.InsertRange(digit, Enumerable.Repeat((byte)'9', random.Next(1, 12)));
    }
}
