using GpuMlp.Data;
using GpuMlp.Randomness;

namespace GpuMlp.Tests.Data;

/// <summary>Rows that are kept back: how many of each class, the same for a seed, and each row in one part alone.</summary>
public class SplitsTests
{
    static DataSet Rows(params int[] perClass)
    {
        float[] labels = [.. perClass.SelectMany((count, k) => Enumerable.Repeat((float)k, count))];
        return new DataSet("rows", new float[labels.Length, 1], labels, [.. perClass.Select((_, k) => $"{k}")]);
    }

    static PhiloxStream Stream(ulong seed) => new(seed, StreamPurpose.Split);

    [Theory]
    [InlineData(0.2, new[] { 95, 5 }, new[] { 19, 1 })]
    [InlineData(0.2, new[] { 10, 10, 1 }, new[] { 2, 2, 0 })]
    [InlineData(0.5, new[] { 3, 3, 3 }, new[] { 2, 1, 1 })]
    [InlineData(0.01, new[] { 4, 4 }, new[] { 1, 0 })]
    [InlineData(0.99, new[] { 4, 2 }, new[] { 3, 1 })]
    public void EachClassIsSharedOut(double share, int[] perClass, int[] keptOfEach)
    {
        DataSet data = Rows(perClass);
        (int[] training, int[] kept) = Splits.Stratified(data, share, Stream(4));
        Assert.Equal(keptOfEach, perClass.Select((_, k) => kept.Count(row => data.Labels[row] == k)));
        Assert.Equal(Enumerable.Range(0, data.Count), training.Concat(kept).Order());
        Assert.Equal(training.Order(), training);
        Assert.Equal(kept.Order(), kept);
    }

    [Fact]
    public void ASeedDecidesWhichRows()
    {
        int[] Kept(ulong seed) => Splits.Stratified(Rows(50, 50), 0.2, Stream(seed)).KeptBack;
        Assert.Equal(Kept(1), Kept(1));
        Assert.NotEqual(Kept(1), Kept(2));
        DataSet numbers = new("numbers", new float[10, 1], new float[10], []);
        Assert.Equal(3, Splits.Stratified(numbers, 0.3, Stream(0)).KeptBack.Length);
    }

    [Fact]
    public void FoldsDifferByOneRowAndByOneRowOfAClass()
    {
        DataSet data = Rows(23, 9, 2);
        int[][] folds = Splits.Folds(data, 5, Stream(7));
        Assert.Equal(Enumerable.Range(0, 34), folds.SelectMany(fold => fold).Order());
        Assert.InRange(folds.Max(fold => fold.Length) - folds.Min(fold => fold.Length), 0, 1);
        for (int k = 0; k < 3; k++)
        {
            int[] counts = [.. folds.Select(fold => fold.Count(row => data.Labels[row] == k))];
            Assert.InRange(counts.Max() - counts.Min(), 0, 1);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.Folds(Rows(2, 1), 4, Stream(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Splits.Folds(Rows(2, 1), 1, Stream(0)));
    }

    [Fact]
    public void WhatCannotBeKeptBackIsRefused()
    {
        string message = Assert.Throws<ArgumentException>(() => Splits.Stratified(Rows(1, 1), 0.5, Stream(0))).Message;
        Assert.Contains("no class of two rows", message);
        foreach (double share in (double[])[0, 1, -1, double.NaN])
            Assert.Throws<ArgumentOutOfRangeException>(() => Splits.Stratified(Rows(5, 5), share, Stream(0)));
    }
}
