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
