using System.Runtime.CompilerServices;

namespace GpuMlp.Kernels.Randomness;

/// <summary>Philox4x32-10: random words as a pure function of key and counter, the same integers on the host and on every device.</summary>
/// <remarks>J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11; constants as in its Random123 library.</remarks>
public static class Philox
{
    const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    const int Rounds = 10;

    /// <summary>The four random words of a counter (four words, lowest first) under a key (two words, lowest first).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PhiloxBlock Block(uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * counter0, product1 = (ulong)Multiplier1 * counter2;
            counter0 = (uint)(product1 >> 32) ^ counter1 ^ key0;
            counter2 = (uint)(product0 >> 32) ^ counter3 ^ key1;
            counter1 = (uint)product1;
            counter3 = (uint)product0;
            key0 += Weyl0;
            key1 += Weyl1;
        }
        return new PhiloxBlock(counter0, counter1, counter2, counter3);
    }

    /// <summary>The block that holds words 4 · <paramref name="block"/> to 4 · <paramref name="block"/> + 3 of a stream.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PhiloxBlock StreamBlock(uint key0, uint key1, ulong block, uint stream, uint substream) =>
        Block((uint)block, (uint)(block >> 32), stream, substream, key0, key1);

    /// <summary>Word number <paramref name="index"/> of a stream; the key is the seed, low half first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Word(uint key0, uint key1, ulong index, uint stream, uint substream) =>
        StreamBlock(key0, key1, index >> 2, stream, substream).Word((int)(index & 3));

    /// <summary>An integer from 0 to <paramref name="n"/> - 1: the high half of word · n, uniform within 2⁻³².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Below(uint word, int n) => (int)((ulong)word * (uint)n >> 32);
}

/// <summary>Four random words, in the order in which a stream hands them out.</summary>
public readonly struct PhiloxBlock(uint word0, uint word1, uint word2, uint word3)
{
    /// <summary>Words of a block.</summary>
    public const int Words = 4;

    public readonly uint Word0 = word0, Word1 = word1, Word2 = word2, Word3 = word3;

    /// <summary>Word 0, 1, 2 or 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Word(int i) => i < 2 ? i == 0 ? Word0 : Word1 : i == 2 ? Word2 : Word3;
}
