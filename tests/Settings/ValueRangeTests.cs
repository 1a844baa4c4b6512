using System.Globalization;
using GpuMlp.Settings;

namespace GpuMlp.Tests.Settings;

/// <summary>Ranges of numbers: their ends are met exactly, and what lies between is even in distance or in ratio.</summary>
public class ValueRangeTests
{
    [Theory]
    [InlineData("lin:0..1:5", "0 0.25 0.5 0.75 1")]
    [InlineData("lin:1..-1:3", "1 0 -1")]
    [InlineData("log:1e-4..1:5", "0.0001 0.001 0.01 0.1 1")]
    [InlineData("log:8..1:4", "8 4 2 1")]
    public void AreEven(string text, string expected)
    {
        ValueRange range = ValueRange.Parse(text);
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, range.Count!.Value)
            .Select(k => range[k].ToString("G6", CultureInfo.InvariantCulture))));
        string[] ends = expected.Split(' ');
        Assert.Equal(float.Parse(ends[0], CultureInfo.InvariantCulture), range[0]);
        Assert.Equal(float.Parse(ends[^1], CultureInfo.InvariantCulture), range[range.Count.Value - 1]);
    }

    [Fact]
    public void HaveNeighboursOfOneRatio()
    {
        ValueRange range = ValueRange.Parse("log:1e-6..1e6:1001");
        double ratio = Math.Pow(1e12, 1e-3);
        for (int k = 1; k < 1001; k++) Assert.InRange(range[k] / (range[k - 1] * ratio), 1 - 2e-7, 1 + 2e-7);
    }

    [Theory]
    [InlineData("0..1:5", "a range is lin:FIRST..LAST:COUNT")]
    [InlineData("lin:0:5", "a range is lin:FIRST..LAST:COUNT")]
    [InlineData("lin:0..1..2:5", "a range is lin:FIRST..LAST:COUNT")]
    [InlineData("lin:0..x:5", "a range is lin:FIRST..LAST:COUNT")]
    [InlineData("lin:0..1e999:5", "a range is lin:FIRST..LAST:COUNT")]
    [InlineData("lin:2..2:5", "a range goes from one number to another")]
    [InlineData("log:-1..2:5", "the ends of a log: range are above 0")]
    [InlineData("lin:0..1:1", "a range has 2 to 1,000,000 values")]
    [InlineData("lin:0..1:1000001", "a range has 2 to 1,000,000 values")]
    public void OthersAreRefused(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => ValueRange.Parse(text)).Message);

    [Fact]
    public void WithoutACountTheyAreDrawnFrom()
    {
        ValueRange range = ValueRange.Parse("log:1..100");
        Assert.Null(range.Count);
        Assert.Equal(10, range.At(0.5));
        Assert.Throws<InvalidOperationException>(() => range[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => range.At(1.5));
    }
}
