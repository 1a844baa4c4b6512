using System.Numerics;
using GpuMlp.Numerics;

namespace GpuMlp.Randomness;

/// <summary>numpy.random.RandomState(seed), draw for draw: MT19937, and NumPy's legacy methods of making numbers from its words.</summary>
/// <remarks>
/// M. Matsumoto and T. Nishimura, "Mersenne twister", ACM TOMACS 8 (1998), seeded by its init_genrand; NextDouble is random_sample,
/// NextNormal randn, Next randint and Shuffle shuffle.
/// </remarks>
public sealed class NumpyRandom : RandomStream
{
    const int Length = 624, Middle = 397;
    readonly uint[] state = new uint[Length];
    int position = Length;
    double? secondNormal;

    /// <summary>A generator in the state that numpy.random.seed(<paramref name="seed"/>) leaves.</summary>
    public NumpyRandom(uint seed)
    {
        state[0] = seed;
        for (uint i = 1; i < Length; i++) state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    }

    /// <inheritdoc/>
    public override uint NextUInt32()
    {
        if (position == Length) Twist();
        uint word = state[position++];
        word ^= word >> 11;
        word ^= (word << 7) & 0x9D2C5680;
        word ^= (word << 15) & 0xEFC60000;
        return word ^ (word >> 18);
    }

    void Twist()
    {
        for (int i = 0; i < Length; i++)
        {
            uint mixed = (state[i] & 0x80000000) | (state[(i + 1) % Length] & 0x7FFFFFFF);
            state[i] = state[(i + Middle) % Length] ^ (mixed >> 1) ^ ((mixed & 1) * 0x9908B0DF);
        }
        position = 0;
    }

    /// <summary>
    /// The next draw from N(0, 1), by Marsaglia's polar method; as in RandomState the second value of a pair comes first.
    /// </summary>
    public override double NextNormal()
    {
        if (secondNormal is double second)
        {
            secondNormal = null;
            return second;
        }
        double x, y, square;
        do
        {
            x = 2 * NextDouble() - 1;
            y = 2 * NextDouble() - 1;
            square = x * x + y * y;
        }
        while (square is >= 1 or 0);
        double factor = Math.Sqrt(-2 * Float64.Log(square) / square);
        secondNormal = factor * x;
        return factor * y;
    }

    /// <summary>Rejection with a mask: draws words, cut to the bits of n - 1, until one is below n; for n = 1 it draws nothing.</summary>
    protected override int Below(int n)
    {
        uint last = (uint)n - 1;
        if (last == 0) return 0;
        uint mask = uint.MaxValue >> BitOperations.LeadingZeroCount(last), word;
        do word = NextUInt32() & mask;
        while (word > last);
        return (int)word;
    }
}
