using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Kernels;

/// <summary>Training and grids in the forms for GPUs, whose groups share memory, have the CPU's bits on a driver's device.</summary>
public class SharedFormsTests
{
    static readonly DataSet Moons = DataSets.MakeMoons(90, noise: 0.1, seed: 3);
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);

    [Theory]
    [InlineData("2-50-1", Activation.ReLU, 300, 1000, false)]
    [InlineData("2-64-1", Activation.ReLU, 130, 7, true)]                                   // launches that begin within a block of draws
    [InlineData("2-2-1", Activation.Tanh, 40, 1000, false)]
    [InlineData("2-33-1", Activation.ReLU, 129, 128, true)]
    [InlineData("2-64-64-1", Activation.ReLU, 60, 25, false)]                               // 32 KiB of shared memory, and 48
    [InlineData("2-64-64-24-1", Activation.ReLU, 30, 1000, false)]
    [InlineData("2-9-33-5-1", Activation.Tanh, 260, 1000, true)]
    public void ATraining(string net, Activation activation, int steps, int stepsPerLaunch, bool schedule)
    {
        using ComputeDevice device = OpenAsGpu(), host = ComputeDevice.OpenCpu(16, 1);
        Loss loss = schedule ? new BceLoss(BceForm.Torch) : new BceLoss();
        TrainingResult expected = Train(host), actual = Train(device);
        Results.Check(device, expected, actual);

        TrainingResult Train(ComputeDevice on)
        {
            using Sequential network = Build(on, net, activation, loss);
            int taken = DriverDevice.IsSlow(device) ? Math.Min(steps, 40) : steps;
            var optimizer = new OptimizerSpec { LearningRate = 0.05f, Schedule = schedule ? Schedule.Cosine(taken) : Schedule.Constant };
            Recipe recipe = Recipe.Of(network) with { Steps = taken, Seed = 9, Optimizer = optimizer };
            var options = new TrainingOptions { SnapshotEvery = 25, Engine = EngineChoice.Fused, StepsPerLaunch = stepsPerLaunch };
            using var trainer = new Trainer(network, Moons, recipe, options);
            return trainer.Run(cancellation: TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("2-50-1", Activation.ReLU)]
    [InlineData("2-300-1", Activation.ReLU)]                                                // two blocks of a sum
    [InlineData("2-7-1", Activation.Tanh)]
    [InlineData("2-19-1", Activation.Tanh)]
    [InlineData("2-64-64-1", Activation.ReLU)]
    [InlineData("2-9-33-5-1", Activation.Tanh)]
    public void AGrid(string net, Activation activation)
    {
        using ComputeDevice device = OpenAsGpu(), host = ComputeDevice.Open("cpu");
        using Sequential network = Build(device, net, activation, new BceLoss()), same = Build(host, net, activation, new BceLoss());
        foreach ((int width, int height) in DriverDevice.IsSlow(device) ? [(19, 5)] : ((int, int)[])[(1, 1), (33, 17), (45, 70)])
        {
            GridSpec grid = GridSpec.FromSize(Shown, width, height);
            Results.Check(device, GridEvaluator.Evaluate(same, grid), GridEvaluator.Evaluate(network, grid), $"{width}×{height}");
        }
    }

    [Theory]
    [InlineData("2-50-1", true)]
    [InlineData("2-64-33-1", true)]
    [InlineData("2-64-64-64-64-1", false)]
    [InlineData("2-200-9-1", false)]
    public void TheReasonSaysWhereANetworkDoesNotFitAGroup(string net, bool fits)
    {
        using ComputeDevice device = OpenAsGpu(), host = ComputeDevice.Open("cpu");
        Assert.Equal(!fits, Reason(device).Contains("does not fit the shared memory of a group", StringComparison.Ordinal));
        Assert.DoesNotContain("shared memory", Reason(host), StringComparison.Ordinal);

        string Reason(ComputeDevice on)
        {
            using Sequential network = Build(on, net, Activation.ReLU, new BceLoss());
            using var trainer = new Trainer(network, Moons, Recipe.Of(network) with { Steps = 1 });
            Assert.Equal("fused", trainer.Engine);
            return trainer.EngineReason;
        }
    }

    static ComputeDevice OpenAsGpu()
    {
        ComputeDevice device = DriverDevice.Open();
        if (device.MostTurns is not null)
        {
            using (device) Assert.Skip($"{device.Name} ends loops early, and its compiler takes minutes for these kernels");
        }
        device.ActsAsGpu = true;
        return device;
    }

    static Sequential Build(ComputeDevice device, string net, Activation activation, Loss loss) => NetworkSpec.Parse(net, activation)
        .Build(device, Initialization.Auto, new PhiloxStream(5, StreamPurpose.Initialization), loss);
}
