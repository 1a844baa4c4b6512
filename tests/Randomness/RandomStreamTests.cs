using CsCheck;
using GpuMlp.Randomness;

namespace GpuMlp.Tests.Randomness;

public class RandomStreamTests
{
    const int Draws = 100_000;

    public static TheoryData<RandomStream> Streams() => [new PhiloxStream(1, StreamPurpose.Data), new NumpyRandom(1)];

    static IEnumerable<T> Take<T>(int count, Func<T> draw) => Enumerable.Range(0, count).Select(_ => draw());

    [Theory, MemberData(nameof(Streams), DisableDiscoveryEnumeration = true)]
    public void DoublesAreUniform(RandomStream random)
    {
        double[] values = [.. Take(Draws, random.NextDouble)];
        Assert.All(values, value => Assert.InRange(value, 0, 1 - 1.0 / (1L << 53)));
        Assert.Equal(0.5, values.Average(), 0.005);                             // 5 deviations of the mean
        Assert.Equal(1 / 12.0, values.Average(value => (value - 0.5) * (value - 0.5)), 0.0015);
        Assert.InRange(ChiSquared([.. values.Select(value => (int)(value * 16))], 16), 0, 45);
    }

    [Theory, MemberData(nameof(Streams), DisableDiscoveryEnumeration = true)]
    public void NormalsHaveTheMomentsOfN01(RandomStream random)
    {
        double[] values = [.. Take(Draws, random.NextNormal)];
        double Moment(int power) => values.Average(value => Math.Pow(value, power));
        Assert.Equal(0, Moment(1), 0.016);
        Assert.Equal(1, Moment(2), 0.023);
        Assert.Equal(0, Moment(3), 0.062);
        Assert.Equal(3, Moment(4), 0.16);
        Assert.Equal(0, values.Zip(values.Skip(1), (a, b) => a * b).Average(), 0.016);
    }

    [Theory, MemberData(nameof(Streams), DisableDiscoveryEnumeration = true)]
    public void IntegersCoverTheirRangeEvenly(RandomStream random)
    {
        int[] values = [.. Take(Draws, () => random.Next(-3, 10))];
        Assert.InRange(ChiSquared([.. values.Select(value => value + 3)], 13), 0, 40);
    }

    /// <summary>Σ (seen - expected)² / expected over the bins; every value must be the number of a bin.</summary>
    static double ChiSquared(int[] values, int bins)
    {
        var seen = new int[bins];
        foreach (int value in values) seen[value]++;
        double expected = (double)values.Length / bins;
        return seen.Sum(count => (count - expected) * (count - expected) / expected);
    }

    [Fact]
    public void ShuffleIsAPermutation() =>
        Gen.Select(Gen.Int[0, 200], Gen.UInt).Sample((n, seed) =>
            new RandomStream[] { new PhiloxStream(seed, StreamPurpose.Split), new NumpyRandom(seed) }.All(random =>
            {
                int[] items = [.. Enumerable.Range(0, n)];
                random.Shuffle<int>(items);
                return items.Order().SequenceEqual(Enumerable.Range(0, n));
            }));

    [Fact]
    public void SeedsPurposesAndSubstreamsAreStreamsOfTheirOwn()
    {
        IEnumerable<RandomStream> streams =
            from seed in new ulong[] { 0, 1, 1UL << 32 }
            from purpose in Enum.GetValues<StreamPurpose>()
            from substream in new uint[] { 0, 1 }
            select new PhiloxStream(seed, purpose, substream);
        List<uint> words = [.. streams.SelectMany(stream => Take(100, stream.NextUInt32).ToArray())];
        Assert.InRange(words.Distinct().Count(), words.Count - 1, words.Count);        // one equal pair may be chance, a shared stream not
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(5, 4)]
    [InlineData(int.MinValue, int.MaxValue)]
    public void AnEmptyOrTooWideRangeIsRefused(int low, int high)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new NumpyRandom(0).Next(low, high));
        Assert.Contains($"low = {low}", exception.Message);
        Assert.Contains(high.ToString(), exception.Message);
    }
}
