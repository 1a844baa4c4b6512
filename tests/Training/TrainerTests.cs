using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>What a training returns, how it ends, what it refuses and what it allocates.</summary>
public sealed class TrainerTests : IDisposable
{
    static readonly DataSet Moons = DataSets.MakeMoons(200, noise: 0.1, seed: 1);

    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    public void Dispose() => device.Dispose();

    Sequential Network(Loss? loss = null) => Network(device, loss);

    static Sequential Network(ComputeDevice on, Loss? loss = null) => NetworkSpec.Parse("2-8-1").Build(
        on, Initialization.Auto, new PhiloxStream(0, StreamPurpose.Initialization), loss ?? new BceLoss());

    [Theory]
    [InlineData(EngineChoice.Layers)]
    [InlineData(EngineChoice.Fused)]
    public void SnapshotsFollowTheirSteps(EngineChoice engine)
    {
        using Sequential network = Network();
        var options = new TrainingOptions { SnapshotEvery = 250, Engine = engine };
        using var trainer = new Trainer(network, Moons, Recipe.Of(network) with { Steps = 501 }, options);
        TrainingResult result = trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([0, 250, 500, 501], result.Snapshots.Select(s => s.Step));
        Assert.Equal(result.Snapshots[2].Parameters, result.Snapshots[3].Parameters);
        Assert.NotEqual(result.Snapshots[0].Parameters, result.Snapshots[1].Parameters);
        Assert.Equal(result.Losses[250], result.Snapshots[1].Loss);
    }

    [Theory]
    [InlineData(EngineChoice.Layers)]
    [InlineData(EngineChoice.Fused)]
    public void DivergenceIsSeenAtItsStep(EngineChoice engine)
    {
        using Sequential network = Network(new BceWithLogitsLoss());
        Recipe recipe = Recipe.Of(network) with { Steps = 2000, Optimizer = new() { LearningRate = 1e30f } };
        using var trainer = new Trainer(network, Moons, recipe, new TrainingOptions { Engine = engine });
        TrainingResult result = trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(StopReason.Diverged, result.StopReason);
        Assert.InRange(result.DivergedStep!.Value, 0, 100);
        Assert.Equal(result.DivergedStep.Value + 1, result.Losses.Length);
        Assert.False(float.IsFinite(result.FinalLoss));
    }

    [Fact]
    public void CancellationEndsTheRunAfterAChunk()
    {
        using Sequential network = Network();
        using var source = new CancellationTokenSource();
        using var trainer = new Trainer(network, Moons, Recipe.Of(network), new TrainingOptions { Engine = EngineChoice.Layers });
        TrainingResult result = trainer.Run((_, _) => source.Cancel(), source.Token);
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.InRange(result.Steps, 1, 2048);
    }

    [Fact]
    public void AStepAllocatesNothing()
    {
        using Sequential network = Network();
        using var trainer = new Trainer(network, Moons, Recipe.Of(network) with { Steps = 50_000 },
            new TrainingOptions { SnapshotEvery = 0, Engine = EngineChoice.Layers });
        trainer.WarmUp();
        int buffers = device.LiveBuffers;
        long before = GC.GetAllocatedBytesForCurrentThread();
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(buffers, device.LiveBuffers);
        Assert.InRange(bytes, 200_000, 300_000);                   // the losses, 4 bytes per loss, and a little per chunk
    }

    [Fact]
    public void ADisposedDeviceHasNoBufferAlive()
    {
        ComputeDevice own = ComputeDevice.Open("cpu");
        Sequential network = Network(own);
        using (var trainer = new Trainer(network, Moons, Recipe.Of(network) with { Steps = 10 }))
            trainer.Run(cancellation: TestContext.Current.CancellationToken);
        network.Dispose();
        Assert.Equal(0, own.LiveBuffers);
        using var left = new Linear(own, 2, 3);
        own.Dispose();
        Assert.Equal(0, own.LiveBuffers);
    }

    [Fact]
    public void WhatCannotBeTrainedIsRefused()
    {
        using Sequential network = Network();
        Recipe recipe = Recipe.Of(network);
        var three = new DataSet("d", new float[4, 3], [0, 1, 0, 1], ["a", "b"]);
        Assert.Contains("takes 2 inputs, the data has 3 features", Refusal(network, three, recipe), StringComparison.Ordinal);
        Assert.Contains("value 1 is 2", Refusal(network, new DataSet("d", new float[2, 2], [0, 2], []), recipe), StringComparison.Ordinal);
        Assert.Contains("picks", Refusal(network, Moons, recipe, picks: Picks.Fixed([1])), StringComparison.Ordinal);
        Assert.Contains(
            "the recipe is for 2-50-1 relu with a sigmoid and bce, the network is 2-8-1",
            Refusal(network, Moons, new Recipe()),
            StringComparison.Ordinal);
        Recipe otherLoss = recipe with { Loss = new MseLoss() };
        Assert.Contains("with a sigmoid and mse, the network", Refusal(network, Moons, otherLoss), StringComparison.Ordinal);
        Recipe[] outOfRange =
        [
            recipe with { Steps = -1 }, recipe with { Batch = 0 }, recipe with { InitScale = float.NaN },
            recipe with { Optimizer = new() { LearningRate = float.NaN } },
        ];
        foreach (Recipe wrong in outOfRange)
            Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(network, Moons, wrong));
        using var odd = new Sequential(new Linear(device, 2, 3), new ReLU(), new Linear(device, 3, 1));
        var fused = new TrainingOptions { Engine = EngineChoice.Fused };
        Assert.Contains("fused", Refusal(odd, Moons, Recipe.Of(odd), fused), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2-8-1", "bce", 0, null)]
    [InlineData("3-8-1", "bce", 2, "net: the network takes 3 inputs, the data has 2 features")]
    [InlineData("2-8-2", "bce", 2, "net: bce takes one output, the network has 2; the loss cross-entropy takes one per class")]
    [InlineData("2-8-1", "bce", 3,
        "data: bce takes two classes, the data has 3; the loss cross-entropy takes more, mse takes the labels as numbers")]
    [InlineData("2-8-1", "cross-entropy", 2, "net: cross-entropy takes an output per class, and the data has 2; the network has 1")]
    [InlineData("2-8-2", "cross-entropy", 2, null)]
    [InlineData("2-8-2", "mse", 0, "net: mse takes one output, the network has 2; the loss cross-entropy takes one per class")]
    public void ARecipeSaysWhyItDoesNotFit(string net, string loss, int classes, string? why)
    {
        var recipe = new Recipe { Net = NetworkSpec.Parse(net), Loss = Loss.Names.Parse(loss) };
        var data = new DataSet("d", new float[2, 2], [0, 1], [.. Enumerable.Range(0, classes).Select(k => $"{k}")]);
        (string Setting, string Why)? said = recipe.WhyNot(data);
        Assert.Equal(why, said is null ? null : $"{said.Value.Setting}: {said.Value.Why}");
    }

    [Fact]
    public void ARecipeAloneDecidesTheBits()
    {
        float[] Ends(Recipe recipe)
        {
            using Sequential network = recipe.Build(device);
            using var trainer = new Trainer(network, Moons, recipe);
            return trainer.Run(cancellation: TestContext.Current.CancellationToken).Snapshots[^1].Parameters;
        }
        var recipe = new Recipe { Seed = 3, Steps = 300, Batch = 2, InitScale = 0.5f };
        var population = new Population(device, [recipe], [PopulationData.Of(Moons)]);
        PopulationResult together = population.Run(cancellation: TestContext.Current.CancellationToken)[0];
        Assert.Equal(Ends(recipe), together.Parameters);
        Assert.NotEqual(Ends(recipe), Ends(recipe with { Seed = 4 }));
    }

    static string Refusal(Sequential network, DataSet data, Recipe recipe, TrainingOptions? options = null, Picks? picks = null) =>
        Assert.Throws<ArgumentException>(() => new Trainer(network, data, recipe, options, picks)).Message;
}
