using GpuMlp.Data;
using GpuMlp.Randomness;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Randomness;

public class NumpyRandomTests
{
    static T[] Take<T>(int count, Func<T> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];

    /// <summary>The C++ standard fixes the 10,000th word after the default seed of std::mt19937 ([rand.predef]).</summary>
    [Fact]
    public void TheTenThousandthWordIsTheStandards()
    {
        var random = new NumpyRandom(5489);
        Assert.Equal(4123659995u, Take(10_000, random.NextUInt32)[^1]);
    }

    [Fact]
    public void RandomSample()
    {
        Assert.Equal([0.5488135039273248, 0.7151893663724195, 0.6027633760716439], Take(3, new NumpyRandom(0).NextDouble));
        Assert.Equal([0.3745401188473625, 0.9507143064099162, 0.7319939418114051], Take(3, new NumpyRandom(42).NextDouble));
    }

    [Fact]
    public void Randn()
    {
        double[] expected = [1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675];
        double[] actual = Take(5, new NumpyRandom(0).NextNormal);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
    }

    [Theory]
    [InlineData(0u, 10, new[] { 5, 0, 3, 3, 7, 9, 3, 5, 2, 4 })]
    [InlineData(42u, 100, new[] { 51, 92, 14, 71, 60, 20, 82, 86, 74, 74 })]
    public void Randint(uint seed, int high, int[] expected)
    {
        var random = new NumpyRandom(seed);
        Assert.Equal(expected, Take(expected.Length, () => random.Next(0, high)));
    }

    [Theory]
    [InlineData(0u, new[] { 2, 8, 4, 9, 1, 6, 7, 3, 0, 5 })]
    [InlineData(42u, new[] { 8, 1, 5, 0, 7, 2, 9, 4, 3, 6 })]
    public void ShuffleIsPermutation(uint seed, int[] expected)
    {
        int[] items = [.. Enumerable.Range(0, 10)];
        new NumpyRandom(seed).Shuffle<int>(items);
        Assert.Equal(expected, items);
    }

    [Fact]
    public void ARangeOfOneDrawsNothing()
    {
        NumpyRandom one = new(7), other = new(7);
        Assert.Equal(4, one.Next(4, 5));
        Assert.Equal(other.NextUInt32(), one.NextUInt32());
    }

    /// <summary>The notebook's draws after np.random.seed(0): data, then weights, then the picks.</summary>
    [Fact]
    public void TheNotebooksDrawsAreTheGoldenOnes()
    {
        var random = new NumpyRandom(0);
        DataSet moons = DataSets.MakeMoons(2000, 0.1, random);
        Assert.Equal(Golden.LoadFloats("moons_x"), moons.Flat.ToArray());
        Assert.Equal(Golden.LoadFloats("moons_y"), moons.Labels);
        foreach (string name in new[] { "init_w1", "init_b1", "init_w2", "init_b2" })
        {
            double[] expected = Golden.Load(name), actual = Take(expected.Length, random.NextNormal);
            Assert.Equal(expected.Select(value => (float)value), actual.Select(value => (float)value));
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
        }
        Assert.Equal(Golden.Load("picks"), Take(10_000, () => (double)random.Next(1, 2000)));
    }
}
