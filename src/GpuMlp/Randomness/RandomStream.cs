namespace GpuMlp.Randomness;

/// <summary>A sequence of random numbers from a seed. Code that needs randomness gets a stream from its caller.</summary>
public abstract class RandomStream
{
    /// <summary>The next word: all 2³² values are equally likely.</summary>
    public abstract uint NextUInt32();

    /// <summary>The next draw from N(0, 1).</summary>
    public abstract double NextNormal();

    /// <summary>A uniform number in [0, 1) of 53 random bits from two words, as in MT19937's genrand_res53.</summary>
    public double NextDouble()
    {
        ulong high = NextUInt32() >> 5, low = NextUInt32() >> 6;
        return ((high << 26) + low) / 9007199254740992.0;
    }

    /// <summary>A uniform integer from <paramref name="low"/> to <paramref name="high"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="high"/> - <paramref name="low"/> is not in 1 to 2³¹ - 1.</exception>
    public int Next(int low, int high)
    {
        long count = (long)high - low;
        if (count is < 1 or > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(high), high, $"high must exceed low = {low} by 1 to {int.MaxValue}");
        return low + Below((int)count);
    }

    /// <summary>A uniform integer from 0 to <paramref name="n"/> - 1; n ≥ 1.</summary>
    protected abstract int Below(int n);

    /// <summary>Puts the items in random order, by Fisher and Yates's method from the last item down, as NumPy's shuffle does.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
