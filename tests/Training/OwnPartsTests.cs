using GpuMlp.Autograd;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Records;
using GpuMlp.Tensors;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>A layer, a loss and an update rule of the user's own train as the library's do.</summary>
public class OwnPartsTests
{
    static readonly DataSet Moons = DataSets.MakeMoons(50);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static readonly OptimizerSpec Library = new() { LearningRate = 0.05f, ClipNorm = 0.5f, Schedule = Schedule.Step(20, 0.5f) };

    static Loss LossOf(string name, bool own) => name == "mse"
        ? own ? new OwnSquares() : new MseLoss()
        : own ? new OwnBce() : new BceWithLogitsLoss();

    static (float[] Losses, float[] Parameters, string Engine, string Why) Train(
        ComputeDevice device, bool own, string loss, int batch, EngineChoice engine = EngineChoice.Auto)
    {
        using Sequential network = OwnParts.Network(device, own, LossOf(loss, own));
        OptimizerSpec optimizer = own ? Library with { Own = new OwnDescent() } : Library;
        DataSet data = loss == "mse" ? Moons.AsNumbers() : Moons;
        Recipe recipe = Recipe.Of(network) with { Steps = 60, Batch = batch, Optimizer = optimizer };
        using var trainer = new Trainer(network, data, recipe, new TrainingOptions { SnapshotEvery = 0, Engine = engine });
        trainer.WarmUp();
        float[] losses = trainer.Run(cancellation: Token).Losses;
        return (losses, [.. network.Parameters().SelectMany(p => p.Value.ToArray())], trainer.Engine, trainer.EngineReason);
    }

    [Theory]
    [InlineData("cpu", "bce", 1)]
    [InlineData("cpu", "bce", 7)]
    [InlineData("cpu", "mse", 7)]
    [InlineData(DriverDevice.Name, "bce", 7)]
    [InlineData(DriverDevice.Name, "mse", 1)]
    public void TheyEndInTheBitsOfTheLibrarys(string on, string loss, int batch)
    {
        using ComputeDevice device = DriverDevice.Open(on);
        if (!device.SameBits) Assert.Skip($"{device.Name} {device.WhyNotSameBits}");
        var own = Train(device, true, loss, batch);
        var expected = Train(device, false, loss, batch, EngineChoice.Layers);
        Assert.Equal(expected.Losses, own.Losses);
        Assert.Equal(expected.Parameters, own.Parameters);
        Assert.Equal("layers", own.Engine);
        Assert.EndsWith("OwnLinear is a layer of your own, which runs on the host", own.Why);
    }

    [Fact]
    public void OnVariablesTheyHaveTheLibrarysGradients()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        float[] Gradients(bool own)
        {
            using Sequential network = OwnParts.Network(device, own, LossOf("bce", own));
            Variable x = Variable.From(device, Moons.Inputs), labels = Variable.From(device, Moons.Labels);
            network.Loss.Forward(network.Forward(x), labels).Backward();
            return [.. network.Parameters().SelectMany(p => p.Gradient.ToArray())];
        }
        Assert.Equal(Gradients(false), Gradients(true));
    }

    [Fact]
    public void ByHandTheyTakeTheLibrarysSteps()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        float[] Steps(bool own)
        {
            using Sequential network = OwnParts.Network(device, own, LossOf("bce", own));
            using Optimizer optimizer = (own ? Library with { Own = new OwnDescent() } : Library).Build(network.Parameters());
            using Tensor x = Tensor.From(device, Moons.Inputs), labels = Tensor.From(device, Moons.Labels, Moons.Count, 1);
            for (int step = 0; step < 25; step++)
            {
                network.ComputeLoss(network.Forward(x), labels);
                network.Backward();
                optimizer.Step();
            }
            return [.. network.Parameters().SelectMany(p => p.Value.ToArray()), .. network.Predict(Moons.Flat)];
        }
        Assert.Equal(Steps(false), Steps(true));
    }

    /// <summary>Validation, grids and predictions go through the layers too.</summary>
    [Fact]
    public void ValidationAndGridsTakeThem()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        (double, float[]) Look(bool own)
        {
            using Sequential network = OwnParts.Network(device, own, LossOf("bce", own));
            Recipe recipe = Recipe.Of(network) with { Steps = 10 };
            var options = new TrainingOptions { SnapshotEvery = 0, Validation = new Validation(Moons) { Every = 10 } };
            using var trainer = new Trainer(network, Moons, recipe, options);
            double look = trainer.Run(cancellation: Token).Validation[^1].Loss;
            return (look, GridEvaluator.Evaluate(network, GridSpec.FromSize(new Window(-1, 1, -1, 1), 9, 7)));
        }
        (double own, float[] ownGrid) = Look(true);
        (double expected, float[] grid) = Look(false);
        Assert.Equal(expected, own, 1e-6);
        Assert.Equal(grid, ownGrid);
    }

    /// <summary>The state of a user's rule is in the trainer's state, and in its file.</summary>
    [Fact]
    public void ARunThatGoesOnEndsInTheBitsOfOneThatNeverStopped()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using var folder = new ScratchFolder();
        var spec = new OptimizerSpec { Own = new OwnAdam(), LearningRate = 0.01f };
        float[] Run(int steps, TrainingState? from, string? saveTo)
        {
            using Sequential network = OwnParts.Network(device, true, new OwnBce());
            using var trainer = new Trainer(network, Moons, Recipe.Of(network) with { Steps = steps, Optimizer = spec });
            if (from is not null) trainer.Continue(from);
            trainer.Run(cancellation: Token);
            if (saveTo is not null) TrainingStateFile.Write(saveTo, trainer.ReadState());
            return [.. network.Parameters().SelectMany(p => p.Value.ToArray())];
        }
        Run(30, null, folder.File("state"));
        TrainingState state = TrainingStateFile.Read(folder.File("state"));
        Assert.Contains(state.Optimizer, value => value != 0);
        Assert.Equal(Run(80, null, null), Run(80, state, null));
    }

    [Fact]
    public void TheStateOfEachParameterIsItsOwn()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Optimizer first = Over(device, new OptimizerSpec { Own = new OwnAdam() }, out Parameter[] own);
        using Optimizer second = Over(device, new OptimizerSpec { Kind = OptimizerKind.Adam }, out Parameter[] library);
        for (int step = 0; step < 5; step++)
        {
            foreach (Parameter parameter in own.Concat(library))
                parameter.Gradient.CopyFrom([.. Enumerable.Range(0, parameter.Length).Select(k => MathF.Sin(k + step + parameter.Length))]);
            first.Step();
            second.Step();
        }
        foreach ((Parameter mine, Parameter theirs) in own.Zip(library))
            foreach ((float a, float b) in mine.Value.ToArray().Zip(theirs.Value.ToArray())) Assert.Equal(b, a, 1e-5f);
    }

    static Optimizer Over(ComputeDevice device, OptimizerSpec spec, out Parameter[] parameters)
    {
        parameters = [Parameter.Normal(device, 3, 2, 1), Parameter.Normal(device, 1, 70, 2)];
        return (spec with { LearningRate = 0.1f }).Build(parameters);
    }
}
