using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>What a run returns, how it ends, what it refuses and what it allocates.</summary>
public sealed class TrainerTests : IDisposable
{
    static readonly DataSet Moons = DataSets.MakeMoons(200, noise: 0.1, seed: 1);

    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    public void Dispose() => device.Dispose();

    Sequential Network(Loss? loss = null) =>
        NetworkSpec.Parse("2-8-1").Build(device, Initialization.Auto, new PhiloxStream(0, StreamPurpose.Initialization), loss ?? new BceLoss());

    [Theory]
    [InlineData(EngineChoice.Layers)]
    [InlineData(EngineChoice.Fused)]
    public void SnapshotsFollowTheirSteps(EngineChoice engine)
    {
        using Sequential network = Network();
        using var trainer = new Trainer(network, Moons, Picks.Philox(0, 200), new TrainingOptions { Steps = 501, SnapshotEvery = 250, Engine = engine });
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
        var options = new TrainingOptions { Steps = 2000, LearningRate = 1e30f, Engine = engine };
        using var trainer = new Trainer(network, Moons, Picks.Philox(0, 200), options);
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
        using var trainer = new Trainer(network, Moons, Picks.Philox(0, 200), new TrainingOptions { Steps = 10_000, Engine = EngineChoice.Layers });
        TrainingResult result = trainer.Run((_, _) => source.Cancel(), source.Token);
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.InRange(result.Steps, 1, 2048);
    }

    [Fact]
    public void AStepAllocatesNothing()
    {
        using Sequential network = Network();
        using var trainer = new Trainer(network, Moons, Picks.Philox(0, 200),
            new TrainingOptions { Steps = 50_000, SnapshotEvery = 0, Engine = EngineChoice.Layers });
        trainer.WarmUp();
        int buffers = device.LiveBuffers;
        long before = GC.GetAllocatedBytesForCurrentThread();
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(buffers, device.LiveBuffers);
        Assert.InRange(bytes, 200_000, 300_000);                   // the losses, 4 bytes each, and a little per chunk
    }

    [Fact]
    public void ADisposedDeviceHasNoBufferAlive()
    {
        ComputeDevice own = ComputeDevice.Open("cpu");
        Sequential network = NetworkSpec.Parse("2-8-1").Build(own, Initialization.Auto, new PhiloxStream(0, StreamPurpose.Initialization), new BceLoss());
        using (var trainer = new Trainer(network, Moons, Picks.Philox(0, 200), new TrainingOptions { Steps = 10 })) trainer.Run(cancellation: TestContext.Current.CancellationToken);
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
        Assert.Contains("2 inputs", Refusal(network, new DataSet("d", new float[4, 3], [0, 1, 0, 1], ["a", "b"]), new TrainingOptions()), StringComparison.Ordinal);
        Assert.Contains("value 1 is 2", Refusal(network, new DataSet("d", new float[2, 2], [0, 2], []), new TrainingOptions()), StringComparison.Ordinal);
        Assert.Contains("picks", Assert.Throws<ArgumentException>(() => new Trainer(network, Moons, Picks.Fixed([1]), new TrainingOptions())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(network, Moons, Picks.Philox(0, 200), new TrainingOptions { LearningRate = float.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(network, Moons, Picks.Philox(0, 200), new TrainingOptions { Steps = -1 }));
        using var odd = new Sequential(new Linear(device, 2, 3), new ReLU(), new Linear(device, 3, 1));
        Assert.Contains("fused", Refusal(odd, Moons, new TrainingOptions { Engine = EngineChoice.Fused }), StringComparison.Ordinal);
    }

    static string Refusal(Sequential network, DataSet data, TrainingOptions options) =>
        Assert.Throws<ArgumentException>(() => new Trainer(network, data, Picks.Philox(0, data.Count), options)).Message;
}
