using GpuMlp.Cli.Map;
using GpuMlp.Training;

namespace GpuMlp.Tests.Cli.Map;

/// <summary>The measure of a map, and what its axes set.</summary>
public class ConvergenceTests
{
    static float Of(int steps, params float[][] launches)
    {
        var convergence = new Convergence(1, steps);
        foreach (float[] losses in launches) convergence.Add(0, losses);
        return convergence.Value(0);
    }

    [Fact]
    public void LossesAreSummedAsSharesOfTheFirst()
    {
        Assert.Equal(-(1 + 0.5f + 0.25f), Of(3, [4, 2, 1]));
        Assert.Equal(1 + 0.5f + 0.25f, Of(3, [1, 2, 4]));
        Assert.Equal(3, Of(3, [2, 2, 2]));                                         // no lower than at the start: not converged
    }

    [Fact]
    public void TheLastTwentyDecide()
    {
        float[] high = [.. Enumerable.Repeat(3f, 30)], low = [.. Enumerable.Repeat(0.5f, 20)];
        Assert.Equal(-(1 + 30 * 3 + 20 * 0.5f), Of(51, [1, .. high, .. low]));
        Assert.True(Of(51, [1, .. low, .. high]) > 0);
    }

    [Fact]
    public void WhatIsNotFiniteCountsAsAMillionToTheEnd()
    {
        Assert.Equal((float)(1 + 3e-6), Of(4, [1, float.NaN, 0.1f, 0.1f]));
        Assert.Equal((float)(1 + 1e-6), Of(2, [1, 1e30f]));
        Assert.Equal((float)2e-6, Of(2, [float.PositiveInfinity, 1]));
        Assert.True(Of(2, [0, 0]) <= 0);
        Assert.True(Of(2, [0, 1]) > 0);
    }

    [Fact]
    public void LaunchesDoNotMatter()
    {
        var random = new Random(5);
        float[] losses = [.. Enumerable.Range(0, 100).Select(_ => random.NextSingle() * 3)];
        Assert.Equal(Of(100, losses), Of(100, losses[..1], losses[1..37], losses[37..]));
    }

    [Fact]
    public void AnAxisSetsItsSetting()
    {
        var recipe = new Recipe();
        Assert.Equal(10, MapAxis.Parse("x", "lr:log:0.1..10").Set(recipe, 4, 5).Optimizer.LearningRate);
        Assert.Equal(1, MapAxis.Parse("x", "lr:log:0.1..10").Set(recipe, 2, 5).Optimizer.LearningRate);
        Assert.Equal(0.55f, MapAxis.Parse("x", "init-scale:lin:0.1..1").Set(recipe, 1, 3).InitScale);
        Assert.Equal(0.1f, MapAxis.Parse("x", "momentum:lin:0.1..0.9").Set(recipe, 0, 3).Optimizer.Momentum);
        Assert.Equal(0, MapAxis.Parse("x", "weight-decay:lin:0..0.9").Set(recipe, 0, 3).Optimizer.WeightDecay);
        Assert.Equal(0.5f, MapAxis.Parse("x", "l1:lin:0..1").Set(recipe, 1, 3).Optimizer.L1);
        Assert.Equal([0UL, 2, 4, 5, 7], Enumerable.Range(0, 5).Select(k => MapAxis.Parse("x", "seed:lin:0..7").Set(recipe, k, 5).Seed));
        Assert.Equal(8, MapAxis.Parse("x", "seed:lin:0..7").Different(20));
    }
}
