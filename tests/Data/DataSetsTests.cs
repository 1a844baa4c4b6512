using CsCheck;
using GpuMlp.Data;
using GpuMlp.Randomness;

namespace GpuMlp.Tests.Data;

public class DataSetsTests
{
    static IEnumerable<(double X, double Y, int Label)> Rows(DataSet data) =>
        Enumerable.Range(0, data.Count).Select(row => ((double)data.Inputs[row, 0], (double)data.Inputs[row, 1], (int)data.Labels[row]));

    static double Radius((double X, double Y, int Label) row) => Math.Sqrt(row.X * row.X + row.Y * row.Y);

    [Fact]
    public void MoonsWithoutNoiseLieOnTheirHalfCircles()
    {
        DataSet data = DataSets.MakeMoons(5, noise: 0, shuffle: false);
        Assert.Equal(["0", "1"], data.ClassNames);
        Assert.Equal([0, 0, 1, 1, 1], data.Labels);
        float[,] expected = { { 1, 0 }, { -1, 0 }, { 0, 0.5f }, { 1, -0.5f }, { 2, 0.5f } };
        Assert.All(expected.Cast<float>().Zip(data.Flat.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-7f));
    }

    [Fact]
    public void CirclesWithoutNoiseHaveTwoRadii()
    {
        DataSet data = DataSets.MakeCircles(7, noise: 0, factor: 0.5, shuffle: false);
        Assert.Equal([0, 0, 0, 1, 1, 1, 1], data.Labels);
        Assert.All(Rows(data), row => Assert.Equal(row.Label == 0 ? 1 : 0.5, Radius(row), 1e-7));
        Assert.Equal(0, data.Inputs[4, 0], 1e-7f);
        Assert.Equal(0.5f, data.Inputs[4, 1]);
    }

    [Fact]
    public void BlobsAreNormalCloudsOfEqualSize()
    {
        DataSet data = DataSets.MakeBlobs(30_001, classes: 3, deviation: 2, seed: 5);
        Assert.Equal(3, data.ClassCount);
        foreach (var blob in Rows(data).GroupBy(row => row.Label))
        {
            Assert.Equal(blob.Key == 0 ? 10_001 : 10_000, blob.Count());
            double x = blob.Average(row => row.X), y = blob.Average(row => row.Y);
            Assert.InRange(x, -10.1, 10.1);
            Assert.InRange(y, -10.1, 10.1);
            Assert.Equal(4, blob.Average(row => (row.X - x) * (row.X - x)), 0.3);
            Assert.Equal(4, blob.Average(row => (row.Y - y) * (row.Y - y)), 0.3);
        }
    }

    [Fact]
    public void XorIsLabelledByTheSignOfTheProduct()
    {
        DataSet data = DataSets.MakeXor(2000, seed: 1);
        Assert.All(Rows(data), row =>
        {
            Assert.Equal(row.X * row.Y > 0 ? 1 : 0, row.Label);
            Assert.InRange(Math.Abs(row.X), 0.3 - 1e-7, 5.3);
            Assert.InRange(Math.Abs(row.Y), 0.3 - 1e-7, 5.3);
        });
        Assert.Equal(0.5, data.Labels.Average(), 0.06);
    }

    [Fact]
    public void SpiralsWithoutNoiseFollowTheirFormula()
    {
        DataSet data = DataSets.MakeSpirals(1001, noise: 0, turns: 2);
        Assert.Equal(501, data.Labels.Sum());
        Assert.All(Rows(data), row =>
        {
            double r = Radius(row), sign = row.Label == 0 ? 1 : -1, angle = 4 * Math.PI * r;
            Assert.Equal(sign * r * Math.Cos(angle), row.X, 2e-6);
            Assert.Equal(sign * r * Math.Sin(angle), row.Y, 2e-6);
        });
        Assert.Equal(0.5, Rows(data).Average(row => Radius(row) * Radius(row)), 0.05);
    }

    [Fact]
    public void NoiseIsNormalWithItsDeviation()
    {
        DataSet clean = DataSets.MakeMoons(20_000, noise: 0, seed: 3), noisy = DataSets.MakeMoons(20_000, noise: 0.3, seed: 3);
        Assert.Equal(clean.Labels, noisy.Labels);
        double[] noise = [.. clean.Flat.ToArray().Zip(noisy.Flat.ToArray(), (a, b) => (double)b - a)];
        Assert.Equal(0, noise.Average(), 0.008);
        Assert.Equal(0.09, noise.Average(value => value * value), 0.004);
    }

    [Theory]
    [InlineData("moons")]
    [InlineData("circles")]
    [InlineData("blobs")]
    [InlineData("xor")]
    [InlineData("spirals")]
    [InlineData("normal")]
    public void TheSeedDecidesEverything(string name)
    {
        DataSet data = Make(7), again = Make(7);
        Assert.Equal((name, 101, 2), (data.Name, data.Count, data.Features));
        Assert.Equal(data.Inputs, again.Inputs);
        Assert.Equal(data.Labels, again.Labels);
        Assert.NotEqual(data.Inputs, Make(8).Inputs);

        DataSet Make(ulong seed) => name switch
        {
            "moons" => DataSets.MakeMoons(101, seed: seed),
            "circles" => DataSets.MakeCircles(101, seed: seed),
            "blobs" => DataSets.MakeBlobs(101, seed: seed),
            "xor" => DataSets.MakeXor(101, seed: seed),
            "spirals" => DataSets.MakeSpirals(101, seed: seed),
            "normal" => DataSets.MakeNormal(101, seed),
            _ => throw new ArgumentException(name),
        };
    }

    [Fact]
    public void BadArgumentsAreNamedWithValueAndRange()
    {
        var random = new NumpyRandom(0);
        Refused("samples", "1", "2 to", () => DataSets.MakeMoons(1));
        Refused("samples", "-5", "2 to", () => DataSets.MakeBlobs(-5));
        Refused("samples", int.MaxValue.ToString(), "2 to", () => DataSets.MakeSpirals(int.MaxValue));
        Refused("noise", "-0.1", "0 or more", () => DataSets.MakeCircles(10, -0.1));
        Refused("noise", "NaN", "0 or more", () => DataSets.MakeXor(10, double.NaN));
        Refused("noise", "Infinity", "beyond float32", () => DataSets.MakeMoons(10, double.PositiveInfinity));
        Refused("deviation", "-1", "0 or more", () => DataSets.MakeBlobs(10, deviation: -1));
        Refused("classes", "11", "samples = 10", () => DataSets.MakeBlobs(10, classes: 11));
        Refused("classes", "1", "2 to", () => DataSets.MakeBlobs(10, classes: 1));
        Refused("factor", "1", "[0, 1)", () => DataSets.MakeCircles(10, factor: 1));
        Refused("factor", "NaN", "[0, 1)", () => DataSets.MakeCircles(10, factor: double.NaN));
        Refused("turns", "0", "above 0", () => DataSets.MakeSpirals(10, turns: 0));
        Refused("fraction", "1", "between 0 and 1", () => DataSets.Split(DataSets.MakeXor(10), 1, random));
        Refused("fraction", "NaN", "between 0 and 1", () => DataSets.Split(DataSets.MakeXor(10), double.NaN, random));

        static void Refused(string name, string value, string allowed, Action make)
        {
            var exception = Assert.Throws<ArgumentOutOfRangeException>(make);
            Assert.Equal(name, exception.ParamName);
            Assert.Equal(value, FormattableString.Invariant($"{exception.ActualValue}"));
            Assert.Contains(allowed, exception.Message);
        }
    }

    [Fact]
    public void ASplitIsAPartition() =>
        Gen.Select(Gen.Int[2, 200], Gen.Double[0.001, 0.999], Gen.UInt).Sample((n, fraction, seed) =>
        {
            var inputs = new float[n, 1];
            for (int row = 0; row < n; row++) inputs[row, 0] = row;
            var data = new DataSet("rows", inputs, [.. Enumerable.Range(0, n).Select(row => -(float)row)], []);
            (DataSet first, DataSet second) = DataSets.Split(data, fraction, new PhiloxStream(seed, StreamPurpose.Split));
            float[] rows = [.. first.Flat, .. second.Flat];
            Assert.Equal(Enumerable.Range(0, n).Select(row => (float)row), rows.Order());
            Assert.Equal(rows.Select(row => -row), [.. first.Labels, .. second.Labels]);
            Assert.Equal(Math.Clamp((int)Math.Round(fraction * n), 1, n - 1), first.Count);
        });

    [Fact]
    public void OneRowCannotBeSplit() =>
        Assert.Throws<ArgumentException>(() => DataSets.Split(new DataSet("one", new float[1, 2], [0], []), 0.5, new NumpyRandom(0)));
}
