using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>A session makes steps in pieces, and takes other settings between them.</summary>
public sealed class TrainingSessionTests : IDisposable
{
    static readonly DataSet Moons = DataSets.MakeMoons(200);

    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    public void Dispose() => device.Dispose();

    static Recipe Of(OptimizerKind optimizer, int steps = 1000, int batch = 1) => new()
    {
        Net = NetworkSpec.Parse("2-9-1"),
        Seed = 5,
        Steps = steps,
        Batch = batch,
        Optimizer = OptimizerSpec.Default with { Kind = optimizer },
    };

    float[] AtOnce(Recipe recipe, EngineChoice engine, out float[] losses)
    {
        using Sequential network = recipe.Build(device);
        using var trainer = new Trainer(network, Moons, recipe, new TrainingOptions { Engine = engine, SnapshotEvery = 0 });
        losses = trainer.Run(cancellation: TestContext.Current.CancellationToken).Losses;
        return trainer.ReadState().Parameters;
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd, EngineChoice.Fused)]
    [InlineData(OptimizerKind.Sgd, EngineChoice.Layers)]
    [InlineData(OptimizerKind.Momentum, EngineChoice.Fused)]
    [InlineData(OptimizerKind.Adam, EngineChoice.Fused)]
    [InlineData(OptimizerKind.Adam, EngineChoice.Layers)]
    public void PiecesEndInTheBitsOfOneTraining(OptimizerKind optimizer, EngineChoice engine)
    {
        Recipe recipe = Of(optimizer, batch: 3);
        float[] expected = AtOnce(recipe, engine, out float[] all);
        using Sequential network = recipe.Build(device);
        using var session = new TrainingSession(network, Moons, recipe, engine);
        session.WarmUp();
        var losses = new List<float>();
        foreach (int steps in (int[])[1, 0, 2, 500, 7, 490]) losses.AddRange(session.Train(steps));
        Assert.Equal((1000, false, null), (session.Steps, session.IsChanged, session.DivergedStep));
        Assert.Equal(all, losses);
        Assert.Equal(expected, session.Snapshot());
    }

    [Fact]
    public void SettingsThatAreTheSameChangeNothing()
    {
        Recipe recipe = Of(OptimizerKind.Adam);
        float[] expected = AtOnce(recipe, EngineChoice.Fused, out _);
        using Sequential network = recipe.Build(device);
        using var session = new TrainingSession(network, Moons, recipe, EngineChoice.Fused);
        session.Train(300);
        session.Change(recipe with { });
        session.Train(700);
        Assert.Equal(expected, session.Snapshot());
    }

    [Fact]
    public void OtherSettingsActFromTheNextStepOn()
    {
        Recipe slow = Of(OptimizerKind.Sgd), fast = slow with
        {
            Optimizer = slow.Optimizer with
            {
                LearningRate = 0.1f,
                WeightDecay = 0.001f
            }
        };
        using Sequential network = slow.Build(device);
        using var session = new TrainingSession(network, Moons, slow);
        session.Train(10);
        float[] before = session.Snapshot();
        session.Change(fast);
        Assert.Equal(before, session.Snapshot());
        Assert.True(session.IsChanged);
        Assert.Same(fast, session.Recipe);
        session.Train(1);

        // the same step by a trainer that goes on from there with the other settings
        using Sequential other = fast.Build(device);
        using var trainer = new Trainer(other, Moons, fast with { Steps = 11 }, new TrainingOptions { SnapshotEvery = 0 });
        trainer.Continue(new TrainingState(10, before, new float[before.Length]));
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(trainer.ReadState().Parameters, session.Snapshot());
        Assert.NotEqual(before, session.Snapshot());
    }

    [Fact]
    public void AnotherNetworkSeedOrOptimizerIsAnotherTraining()
    {
        Recipe recipe = Of(OptimizerKind.Sgd);
        using Sequential network = recipe.Build(device);
        using var session = new TrainingSession(network, Moons, recipe);
        float[] before = session.Snapshot();
        foreach (Recipe other in (Recipe[])[recipe with { Seed = 6 }, recipe with { Net = NetworkSpec.Parse("2-8-1") },
            Of(OptimizerKind.Adam)])
            Assert.Contains("another training", Assert.Throws<ArgumentException>(() => session.Change(other)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Change(recipe with { Batch = 0 }));
        Assert.Equal(before, session.Snapshot());
        Assert.False(session.IsChanged);
    }

    [Fact]
    public void ATrainingThatDivergedGoesNoFurther()
    {
        Recipe recipe = Of(OptimizerKind.Sgd) with
        {
            Net = NetworkSpec.Parse("2-9-1") with { LinearOutput = true },
            Loss = Loss.Names.Parse("mse"),
            Optimizer = OptimizerSpec.Default with { LearningRate = 1e6f },
        };
        using Sequential network = recipe.Build(device);
        using var session = new TrainingSession(network, Moons.AsNumbers(), recipe);
        float[] losses = session.Train(5000);
        Assert.NotNull(session.DivergedStep);
        Assert.Equal((session.DivergedStep + 1, losses.Length), (session.Steps, session.Steps));
        Assert.Empty(session.Train(10));
    }

    [Fact]
    public void HiddenUnitsAreWhatTheFirstLayersReturn()
    {
        using Sequential network = NetworkSpec.Parse("2-3-2-1").Build(
            device, Initialization.Normal, new PhiloxStream(1, StreamPurpose.Initialization), new BceLoss());
        ReadOnlySpan<float> points = Moons.Flat;
        float[][] hidden = network.PredictHidden(points);
        Assert.Equal([600, 400], hidden.Select(values => values.Length));
        Linear[] layers = [.. network.Layers.OfType<Linear>()];
        float[] w = layers[0].Weight.Value.ToArray(), b = layers[0].Bias.Value.ToArray();
        for (int row = 0; row < 200; row++)
            for (int unit = 0; unit < 3; unit++)
            {
                double z = b[unit] + (double)points[2 * row] * w[unit] + (double)points[2 * row + 1] * w[3 + unit];
                Assert.Equal(Math.Max(0, z), hidden[0][3 * row + unit], 1e-5);
            }
    }
}
