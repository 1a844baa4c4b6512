using CsCheck;

namespace GpuMlp.Tests.Formats;

/// <summary>Damaged bytes for readers: for any bytes a reader returns or throws InvalidDataException.</summary>
static class Corrupt
{
    const string Marks = "0123456789'\"{}[](),:- \\uTF\n";      // the characters that matter in the grammars of headers

    /// <summary>Reads random bytes, and valid files with bytes changed, cut off or added.</summary>
    public static void Fuzz(byte[] valid, Action<byte[]> read, int headerBytes)
    {
        void Survive(byte[] bytes)
        {
            try { read(bytes); }
            catch (InvalidDataException e) { Assert.False(string.IsNullOrWhiteSpace(e.Message)); }
        }

        Gen.Byte.Array[0, 300].Sample(Survive, iter: 2000);
        // most changes hit the header, where the reader takes its decisions
        Gen<int> place = Gen.Frequency((4, Gen.Int[0, headerBytes - 1]), (1, Gen.Int[0, valid.Length - 1]));
        Gen<byte> value = Gen.OneOf(Gen.Byte, Gen.Int[0, Marks.Length - 1].Select(i => (byte)Marks[i]));
        Gen.Select(place, value).Array[1, 4].Select(Gen.Int[-3, 3]).Sample((changes, tail) =>
        {
            byte[] bytes = [.. valid];
            foreach ((int at, byte changed) in changes) bytes[at] = changed;
            Array.Resize(ref bytes, bytes.Length + tail);
            Survive(bytes);
        }, iter: 20_000);
        for (int length = 0; length < valid.Length; length++)
            Assert.Throws<InvalidDataException>(() => read(valid[..length]));
    }
}
