using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>One training has one SHA-256, on every device and with any lanes, cores, engine and steps per launch.</summary>
public class SameBitsTests
{
    static readonly DataSet Moons = DataSets.MakeMoons(500, noise: 0.1, seed: 3);

    static readonly Loss[] Losses = [new BceLoss(), new BceLoss(BceForm.Torch), new BceWithLogitsLoss()];

    [Fact]
    public void TenThousandStepsEndAlikeOnEveryRouteOfTheCpu()
    {
        var run = new Run("2-50-1", Activation.ReLU, new BceLoss(), 10_000, 1);
        string expected = run.Hash(ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused);
        foreach (int lanes in (int[])[16, 8, 4, 1])
        {
            Assert.Equal(expected, run.Hash(ComputeDevice.OpenCpu(lanes, 2), EngineChoice.Layers));
            Assert.Equal(expected, run.Hash(ComputeDevice.OpenCpu(lanes, 3), EngineChoice.Fused));
        }
        Assert.Equal(expected, run.Hash(ComputeDevice.Open("cpu:ilgpu"), EngineChoice.Fused));
    }

    [Fact]
    public void TenThousandStepsEndAlikeOnADriversDevice()
    {
        using ComputeDevice device = OpenWithSameBits();
        var run = new Run("2-50-1", Activation.ReLU, new BceLoss(), DriverDevice.IsSlow(device) ? 50 : 10_000, 1);
        string expected = run.Hash(ComputeDevice.Open("cpu"), EngineChoice.Fused);
        Assert.Equal(expected, run.HashOn(device, EngineChoice.Fused));
        Assert.Equal(expected, run.HashOn(device, EngineChoice.Layers));
    }

    [Fact]
    public void EnginesAgreeForEveryActivationAndLoss()
    {
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            foreach (Loss loss in Losses)
            {
                foreach ((string net, int batch) in ((string, int)[])[("2-9-1", 1), ("2-17-33-1", 1), ("2-5-1-3-1", 1), ("2-17-33-1", 5)])
                {
                    var run = new Run(net, activation, loss, 60, batch);
                    string expected = run.Hash(ComputeDevice.OpenCpu(16, 1), EngineChoice.Layers);
                    Assert.Equal(expected, run.Hash(ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused));
                    Assert.Equal(expected, run.Hash(ComputeDevice.OpenCpu(4, 1), EngineChoice.Fused));
                }
            }
        }
    }

    [Theory]
    [InlineData("2-300-1", 1)]
    [InlineData("2-1", 1)]
    [InlineData("2-1-1", 1)]
    [InlineData("2-7-300-5-1", 1)]
    [InlineData("2-7-300-5-1", 3)]
    [InlineData("2-50-1", 600)]
    public void EnginesAgreeBeyondOneBlock(string net, int batch)
    {
        var run = new Run(net, Activation.Tanh, new BceLoss(), 40, batch);
        string expected = run.Hash(ComputeDevice.OpenCpu(16, 2), EngineChoice.Layers);
        foreach (int lanes in (int[])[16, 8, 1]) Assert.Equal(expected, run.Hash(ComputeDevice.OpenCpu(lanes, 1), EngineChoice.Fused));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(250)]
    public void BitsDoNotDependOnTheStepsOfALaunch(int stepsPerLaunch)
    {
        foreach (int batch in (int[])[1, 3])
        {
            var run = new Run("2-20-1", Activation.ReLU, new BceLoss(), 500, batch);
            string expected = run.Hash(ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused);
            Assert.Equal(expected, run.Hash(ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused, stepsPerLaunch));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void BitsDoNotDependOnTheLanesOfAGroupOnADriversDevice(int lanes)
    {
        using ComputeDevice device = OpenWithSameBits();
        CheckLanes(device, lanes, DriverDevice.IsSlow(device) ? 20 : 1000);
    }

    static ComputeDevice OpenWithSameBits()
    {
        ComputeDevice device = DriverDevice.Open();
        if (device.SameBits) return device;
        using (device) Assert.Skip($"{device.Name} {device.WhyNotSameBits}: DriverTests holds it to be close");
        return device;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(64)]
    public void BitsDoNotDependOnTheLanesOfAGroupThroughILGPU(int lanes)
    {
        using ComputeDevice device = ComputeDevice.Open("cpu:ilgpu", OpenOptions.Default with { Cores = 1, GroupLanes = 64 });
        CheckLanes(device, lanes, 20);
    }

    // nets whose one output follows one block of a sum, several blocks, a hidden layer of one unit, or no hidden layer
    static void CheckLanes(ComputeDevice device, int lanes, int steps)
    {
        foreach (int batch in (int[])[1, 3])
        {
            foreach (string net in (string[])["2-50-1", "2-300-1", "2-7-300-1-5-1", "2-1"])
            {
                var run = new Run(net, Activation.ReLU, new BceLoss(), net == "2-50-1" ? steps : steps / 10, batch);
                string expected = run.Hash(ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused);
                Assert.Equal(expected, run.HashOn(device, EngineChoice.Fused, lanes: lanes));
            }
        }
    }

    sealed record Run(string Net, Activation Activation, Loss Loss, int Steps, int Batch)
    {
        internal string Hash(ComputeDevice device, EngineChoice engine, int? stepsPerLaunch = null, int? lanes = null)
        {
            using (device) return HashOn(device, engine, stepsPerLaunch, lanes);
        }

        internal string HashOn(ComputeDevice device, EngineChoice engine, int? stepsPerLaunch = null, int? lanes = null)
        {
            NetworkSpec spec = NetworkSpec.Parse(Net, Activation);
            using Sequential network = spec.Build(device, Initialization.Auto, new PhiloxStream(5, StreamPurpose.Initialization), Loss);
            Recipe recipe = Recipe.Of(network) with { Steps = Steps, Batch = Batch, Seed = 9, Optimizer = new() { LearningRate = 0.05f } };
            var options = new TrainingOptions
            {
                SnapshotEvery = 50,
                Engine = engine,
                StepsPerLaunch = stepsPerLaunch,
                LanesPerGroup = lanes,
            };
            using var trainer = new Trainer(network, Moons, recipe, options);
            trainer.WarmUp();
            TrainingResult result = trainer.Run(cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(StopReason.Completed, result.StopReason);
            float[] all = [.. result.Losses, .. result.Snapshots.SelectMany(s => s.Parameters)];
            return Digest.Of(all);
        }
    }
}
