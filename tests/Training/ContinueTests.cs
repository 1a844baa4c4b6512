using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Records;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>A training that stops and goes on, elsewhere and by another engine, ends in the bits of one that never stopped.</summary>
public sealed class ContinueTests : IDisposable
{
    static readonly DataSet Moons = DataSets.MakeMoons(60, noise: 0.3, seed: 3), Others = DataSets.MakeMoons(40, noise: 0.3, seed: 4);
    static readonly DataSet Blobs = DataSets.MakeBlobs(60, seed: 5), OtherBlobs = DataSets.MakeBlobs(40, seed: 6);

    readonly ScratchFolder folder = new();
    readonly List<ComputeDevice> devices = [ComputeDevice.OpenCpu(16, 1), ComputeDevice.OpenCpu(4, 2), ComputeDevice.OpenCpu(1, 1)];

    public ContinueTests()
    {
        // a driver's device where there is one that rounds alike
        string[] ids = [DriverDevice.Id, $"{DriverDevice.Id}:0"];
        if (ComputeDevice.List().FirstOrDefault(found => ids.Contains(found.Id)) is not { IsAvailable: true }) return;
        ComputeDevice driver = ComputeDevice.Open(DriverDevice.Id);
        if (driver.SameBits && !DriverDevice.IsSlow(driver)) devices.Add(driver);
        else driver.Dispose();
    }

    public void Dispose()
    {
        foreach (ComputeDevice device in devices) device.Dispose();
        folder.Dispose();
    }

    static CancellationToken Token => TestContext.Current.CancellationToken;

    // what a training comes to
    sealed record End(float[] Losses, float[] Parameters, TrainingState State, TrainingResult Result);

    static End Train(ComputeDevice device, Recipe recipe, DataSet data, TrainingOptions options, TrainingState? from, Picks? picks)
    {
        using Sequential network = recipe.Build(device);
        using var trainer = new Trainer(network, data, recipe, options, picks);
        if (from is not null) trainer.Continue(from);
        if (recipe.Steps % 2 == 0) trainer.WarmUp();                     // which must change nothing
        TrainingResult result = trainer.Run(cancellation: Token);
        return new End(result.Losses, Read(network), trainer.ReadState(), result);
    }

    static float[] Read(Sequential network)
    {
        var parameters = new float[network.Arena.Length];
        network.Device.CopyToHost(network.Arena.Values, parameters);
        return parameters;
    }

    static Recipe Draw(Random random, int steps)
    {
        var kinds = Enum.GetValues<OptimizerKind>();
        bool classes = random.Next(4) == 0;
        Schedule[] schedules = [Schedule.Constant, Schedule.Cosine(steps), Schedule.Step(Math.Max(1, steps / 3))];
        return new Recipe
        {
            Net = NetworkSpec.Parse(classes ? "2-6-3" : random.Next(2) == 0 ? "2-5-1" : "2-9-7-1") with
            {
                Activation = (Activation)random.Next(Enum.GetValues<Activation>().Length),
            },
            Loss = classes ? new CrossEntropyLoss() : random.Next(2) == 0 ? new BceLoss() : new BceWithLogitsLoss(),
            Seed = (ulong)random.Next(100),
            Steps = steps,
            Batch = random.Next(3) == 0 ? random.Next(2, 9) : 1,
            Optimizer = new OptimizerSpec
            {
                Kind = kinds[random.Next(kinds.Length)],
                LearningRate = 0.02f,
                Schedule = schedules[random.Next(schedules.Length)].After(random.Next(3) * 20),
                ClipNorm = random.Next(3) == 0 ? 1 : null,
                WeightDecay = random.Next(3) == 0 ? 0.01f : 0,
                L1 = random.Next(5) == 0 ? 0.001f : 0,
            },
        };
    }

    [Fact]
    public void StoppedAtAnyStepAndGoneOnAnywhereARunEndsInTheSameBits()
    {
        int count = Environment.GetEnvironmentVariable("GPUMLP_SOAK") == "1" ? 200 : 24, patient = 0;
        var random = new Random(17);
        for (int triple = 0; triple < count; triple++)
        {
            int steps = random.Next(40, 400), stop = random.Next(0, steps + 1);
            Recipe recipe = Draw(random, steps);
            DataSet data = recipe.Loss is CrossEntropyLoss ? Blobs : Moons, others = recipe.Loss is CrossEntropyLoss ? OtherBlobs : Others;
            int? patience = random.Next(2) == 0 ? random.Next(1, 6) : null;
            Picks? picks = random.Next(3) > 0 ? null
                : Picks.Fixed([.. Enumerable.Range(0, steps * recipe.Batch).Select(_ => random.Next(data.Count))]);
            TrainingOptions Options() => new()
            {
                SnapshotEvery = 37,
                Engine = random.Next(2) == 0 ? EngineChoice.Fused : EngineChoice.Layers,
                StepsPerLaunch = random.Next(2) == 0 ? random.Next(1, 100) : null,
                Validation = triple % 2 == 0 ? null : new Validation(others) { Every = 23, Patience = patience },
            };
            // a driver compiles much for each recipe
            ComputeDevice Device() => devices[random.Next(triple % 4 == 0 ? devices.Count : 3)];

            End whole = Train(Device(), recipe, data, Options(), null, picks);
            End half = Train(Device(), recipe with { Steps = stop }, data, Options(), null, picks);
            TrainingStateFile.Write(folder.File("state"), half.State);
            End rest = Train(Device(), recipe, data, Options(), TrainingStateFile.Read(folder.File("state")), picks);

            string what = $"triple {triple}: {recipe}, {stop} of {steps} steps";
            Assert.True(whole.Losses.AsSpan().SequenceEqual([.. half.Losses, .. rest.Losses]), what);
            Assert.True(whole.Parameters.AsSpan().SequenceEqual(rest.Parameters), what);
            Assert.Equal(whole.Result.Validation, rest.Result.Validation);
            Assert.Equal((whole.Result.StopReason, whole.Result.RestoredSteps), (rest.Result.StopReason, rest.Result.RestoredSteps));
            Assert.Equal(half.Losses.Length, rest.Result.FirstStep);
            Assert.True(whole.State.Optimizer.AsSpan().SequenceEqual(rest.State.Optimizer), what);
            IEnumerable<Snapshot> taken = half.Result.Snapshots.SkipLast(1).Concat(rest.Result.Snapshots);
            Assert.Equal(whole.Result.Snapshots.Select(s => s.Step), taken.Select(s => s.Step));
            foreach ((Snapshot a, Snapshot b) in whole.Result.Snapshots.Zip(taken)) Assert.Equal(a.Parameters, b.Parameters);
            if (whole.Result.StopReason == StopReason.Patience) patient++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} triples on {devices.Count} devices, {patient} ended by patience");
        Assert.InRange(patient, 1, count / 2);
    }

    [Theory]
    [InlineData(EngineChoice.Fused, 1)]
    [InlineData(EngineChoice.Layers, 1)]
    [InlineData(EngineChoice.Layers, 6)]
    public void RunningTwiceIsOneLongerRunWithEveryOptimizer(EngineChoice engine, int batch)
    {
        var options = new TrainingOptions
        {
            SnapshotEvery = 40,
            Engine = engine,
            Validation = new Validation(Others) { Every = 30, Patience = 1000 },
        };
        foreach (OptimizerKind kind in Enum.GetValues<OptimizerKind>())
        {
            Recipe recipe = new()
            {
                Net = NetworkSpec.Parse("2-9-1"),
                Steps = 100,
                Batch = batch,
                Optimizer = new() { Kind = kind, LearningRate = 0.05f, Schedule = Schedule.Cosine(220).After(10) },
            };
            End once = Train(devices[0], recipe with { Steps = 200 }, Moons, options, null, null);
            using Sequential network = recipe.Build(devices[0]);
            using var trainer = new Trainer(network, Moons, recipe, options);
            TrainingResult first = trainer.Run(cancellation: Token), second = trainer.Run(cancellation: Token);
            Assert.Equal((0, 100, 100, 200), (first.FirstStep, first.Steps, second.FirstStep, second.Steps));
            Assert.Equal(once.Losses, first.Losses.Concat(second.Losses));
            Assert.Equal(once.Parameters, Read(network));
            Assert.Equal(once.Result.Validation, second.Validation);
            Assert.Equal(once.Result.RestoredSteps, second.RestoredSteps);
            Assert.Equal([120, 160, 200], second.Snapshots.Select(snapshot => snapshot.Step));
            Assert.Equal(once.State.Optimizer, trainer.ReadState().Optimizer);
        }
    }

    [Theory]
    [InlineData(EngineChoice.Fused)]
    [InlineData(EngineChoice.Layers)]
    public void CheckpointsAreThoseOfTheirSteps(EngineChoice engine)
    {
        Recipe recipe = new() { Net = NetworkSpec.Parse("2-5-1"), Steps = 100, Optimizer = new() { Kind = OptimizerKind.Adam } };
        var saved = new List<Checkpoint>();
        var options = new TrainingOptions
        {
            SnapshotEvery = 15,
            Engine = engine,
            Checkpoints = new Checkpointing(saved.Add) { Steps = 30 },
        };
        End end = Train(devices[0], recipe, Moons, options, null, null);
        Assert.Equal([30, 60, 90, 100], saved.Select(checkpoint => checkpoint.State.Steps));
        foreach (Checkpoint checkpoint in saved)
        {
            int steps = checkpoint.State.Steps;
            Assert.Equal(end.Losses.Take(steps), checkpoint.Losses.ToArray());
            Assert.Equal((steps + 14) / 15, checkpoint.Snapshots.Count);
            End there = Train(devices[0], recipe with { Steps = steps }, Moons, options with { Checkpoints = null }, null, null);
            Assert.Equal(there.Parameters, checkpoint.State.Parameters);
            Assert.Equal(there.State.Optimizer, checkpoint.State.Optimizer);
        }
    }

    [Fact]
    public void ACancelledRunGoesOnWithItsNextRun()
    {
        Recipe recipe = new() { Net = NetworkSpec.Parse("2-5-1"), Steps = 300, Optimizer = new() { LearningRate = 0.3f } };
        var options = new TrainingOptions
        {
            SnapshotEvery = 0,
            StepsPerLaunch = 7,
            Engine = EngineChoice.Fused,
            Validation = new Validation(Others) { Every = 50, Patience = 3 },
        };
        End whole = Train(devices[0], recipe, Moons, options, null, null);
        using Sequential network = recipe.Build(devices[0]);
        using var trainer = new Trainer(network, Moons, recipe, options);
        using var source = new CancellationTokenSource();
        TrainingResult first = trainer.Run((done, _) => { if (done > 60) source.Cancel(); }, source.Token);
        Assert.Equal((StopReason.Cancelled, 64), (first.StopReason, first.Steps));
        Assert.Equal([50, 64], first.Validation.Select(look => look.Steps));            // the second look is of the end alone
        TrainingResult rest = trainer.Run(cancellation: Token);
        Assert.Equal(whole.Losses, first.Losses.Concat(rest.Losses));
        Assert.Equal(whole.Result.Validation, rest.Validation);
        Assert.Equal(whole.Parameters, Read(network));
    }

    [Fact]
    public void AStateOfSomethingElseIsRefused()
    {
        Recipe recipe = new() { Net = NetworkSpec.Parse("2-5-1"), Steps = 10 };
        using Sequential network = recipe.Build(devices[0]);
        using var trainer = new Trainer(network, Moons, recipe);
        TrainingState state = trainer.ReadState();
        string Refused(TrainingState wrong) => Assert.Throws<ArgumentException>("state", () => trainer.Continue(wrong)).Message;
        Assert.StartsWith("the state has 3 parameters, the network", Refused(state with { Parameters = [1, 2, 3] }));
        Assert.StartsWith("the state has 3 parameters, the network", Refused(new TrainingState(0, [1, 2, 3], [])));
        Assert.StartsWith("the state has 1 numbers of an optimizer", Refused(state with { Optimizer = [1] }));
        Assert.StartsWith("the state is after 11 steps, the recipe has 10", Refused(state with { Steps = 11 }));
        using Sequential wider = (recipe with { Net = NetworkSpec.Parse("2-6-1") }).Build(devices[0]);
        using var other = new Trainer(wider, Moons, Recipe.Of(wider));
        Assert.StartsWith("the state is of 2-6-1 relu with a sigmoid and bce, the network is 2-5-1 relu", Refused(other.ReadState()));
        using var few = new Trainer(network, Moons, recipe, null, Picks.Fixed([.. Enumerable.Repeat(1, 15)]));
        few.Run(cancellation: Token);
        var tooFew = Assert.Throws<InvalidOperationException>(() => few.Run(cancellation: Token));
        Assert.StartsWith("20 steps of 1 take 20 picks", tooFew.Message);
    }
}
