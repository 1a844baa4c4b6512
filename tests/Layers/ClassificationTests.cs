using GpuMlp.Layers;

namespace GpuMlp.Tests.Layers;

/// <summary>The class that a network's outputs mean.</summary>
public class ClassificationTests
{
    [Theory]
    [InlineData(new float[] { 0.5f }, 0)]
    [InlineData(new float[] { 0.50000006f }, 1)]
    [InlineData(new float[] { float.NaN }, null)]
    [InlineData(new float[] { -3, 2, 2 }, 1)]
    [InlineData(new float[] { float.NegativeInfinity, float.NegativeInfinity }, 0)]
    [InlineData(new float[] { 1, float.NaN, 3 }, null)]
    public void OneOutputIsAProbabilityOfSeveralTheLargestWins(float[] outputs, int? expected) =>
        Assert.Equal(expected, Classification.ClassOf(outputs));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void AccuracyCountsTheRowsWhoseClassIsTheirLabel(int columns)
    {
        var random = new Random(7);
        for (int rows = 1; rows < 80; rows++)
        {
            float[] values = [0, 0.5f, 0.25f, 1, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f];
            float[] outputs = [.. Enumerable.Range(0, rows * columns).Select(_ => values[random.Next(values.Length)])];
            float[] labels = [.. Enumerable.Range(0, rows).Select(_ => (float)random.Next(Math.Max(2, columns)))];
            float[][] each = [.. outputs.Chunk(columns)];
            double wanted = (double)Enumerable.Range(0, rows).Count(r => Classification.ClassOf(each[r]) == labels[r]) / rows;
            float[] transposed = [.. Enumerable.Range(0, columns).SelectMany(k => each.Select(row => row[k]))];
            Assert.Equal(wanted, Classification.Accuracy(outputs, labels));
            Assert.Equal(wanted, Classification.Accuracy(transposed, labels, transposed: true));
        }
    }

    [Fact]
    public void AccuracyIsTheSameForRowsAndForColumns()
    {
        float[] rows = [1, 2, 0, 5, 4, 3, 0, 0, 1, float.NaN, 1, 2];
        float[] columns = [1, 5, 0, float.NaN, 2, 4, 0, 1, 0, 3, 1, 2], labels = [1, 0, 0, 2];
        Assert.Equal(0.5, Classification.Accuracy(rows, labels));
        Assert.Equal(0.5, Classification.Accuracy(columns, labels, transposed: true));
        Assert.Equal(0.75, Classification.Accuracy([0.9f, 0.1f, 0.6f, 0.4f], [1, 0, 0, 0]));
    }

    [Fact]
    public void OutputsThatAreNoRowsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => Classification.Accuracy([1, 2, 3], [0, 1]));
        Assert.Throws<ArgumentException>(() => Classification.Accuracy([], []));
    }
}
