using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>Networks of a population, compared with the same networks trained alone.</summary>
public class PopulationTests
{
    const int Steps = 300;

    static readonly PopulationData[] Data =
    [
        PopulationData.Of(DataSets.MakeMoons(200, seed: 1)),
        PopulationData.Of(DataSets.MakeCircles(200, seed: 2)),
        PopulationData.Of(DataSets.MakeXor(77, seed: 3)),
    ];

    static Recipe Member(int k, string net = "2-20-1") => new()
    {
        Net = NetworkSpec.Parse(net, Activations.All[k % Activations.All.Count].Activation),
        Seed = (ulong)k + (k % 2 == 0 ? 0 : 1UL << 40),
        Optimizer = new() { LearningRate = 0.01f * (1 + k % 3) },
        InitScale = k % 4 == 0 ? 1 : 0.5f,
        Batch = k % 6 == 5 ? 3 : 1,
        Loss = k % 3 == 0 ? new BceLoss() : k % 3 == 1 ? new BceLoss(BceForm.Torch) : new BceWithLogitsLoss(),
        Steps = Steps,
    };

    // each network with the index of its data set
    static readonly (Recipe Recipe, int Data)[] Members =
    [
        .. Enumerable.Range(0, 12).Select(k => (Member(k), k % 3)),
        .. Enumerable.Range(0, 4).Select(k => (Member(k, "2-9-7-1") with { Seed = 9 + (ulong)k }, k % 3)),
        (Member(3) with { Seed = 77 }, 0), (Member(0) with { Seed = 15 }, 2), (Member(0) with { Seed = 6 }, 1),
    ];

    internal static ComputeDevice Open(string name, int cores = 2)
    {
        if (name == "cpu") return ComputeDevice.Open("cpu", OpenOptions.Default with { Cores = cores });
        return DriverDevice.Open(name);
    }

    static (string Hash, TrainingResult Result, double Accuracy) Alone(
        ComputeDevice device, (Recipe Recipe, int Data) member, int? chunk = null)
    {
        DataSet data = Data[member.Data].Load();
        using Sequential network = member.Recipe.Build(device);
        var options = new TrainingOptions { SnapshotEvery = 1 << 20, StepsPerLaunch = chunk, Engine = EngineChoice.Layers };
        using var trainer = new Trainer(network, data, member.Recipe, options);
        TrainingResult result = trainer.Run();
        float[] predictions = network.Predict(data.Flat);
        double accuracy = predictions.Zip(data.Labels, (p, y) => p > 0.5f == (y == 1f) ? 1 : 0).Average();
        return (Digest.Of(result.Losses, result.Snapshots[^1].Parameters), result, accuracy);
    }

    static (string[] Hashes, IReadOnlyList<PopulationResult> Results) Together(
        ComputeDevice device, (Recipe Recipe, int Data)[] members, int? chunk = null, long? budget = null)
    {
        var losses = new List<float>[members.Length];
        for (int m = 0; m < members.Length; m++) losses[m] = [];
        var population = new Population(device, [.. members.Select(m => m.Recipe)], [.. members.Select(m => Data[m.Data])], chunk, budget)
        {
            Losses = (m, first, chunk) =>
            {
                Assert.Equal(losses[m].Count, first);
                losses[m].AddRange(chunk.Span);
            },
        };
        IReadOnlyList<PopulationResult> results = population.Run(cancellation: TestContext.Current.CancellationToken);
        return ([.. members.Select((_, m) => Digest.Of([.. losses[m]], results[m].Parameters))], results);
    }

    static readonly Lazy<(string Hash, TrainingResult Result, double Accuracy)[]> References = new(() =>
    {
        using ComputeDevice cpu = Open("cpu", 1);
        return [.. Members.Select(member => Alone(cpu, member))];
    });

    // a training kernel takes seconds to compile for OpenCL, so there only members of one kernel train
    [Theory]
    [InlineData("cpu")]
    [InlineData(DriverDevice.Name)]
    public void EveryMemberHasTheBitsItHasAlone(string name)
    {
        using ComputeDevice device = Open(name);
        bool IsOfOneKernel(int m) =>
            Members[m].Recipe is { Batch: 1, Loss: BceLoss { Form: BceForm.Tutorial }, Net.Activation: Activation.ReLU };
        int[] some = [.. Enumerable.Range(0, Members.Length).Where(m => name == "cpu" || IsOfOneKernel(m))];
        Assert.True(some.Length >= 3);
        (string[] hashes, IReadOnlyList<PopulationResult> results) = Together(device, [.. some.Select(m => Members[m])]);
        for (int k = 0; k < some.Length; k++)
        {
            (string hash, TrainingResult alone, double accuracy) = References.Value[some[k]];
            if (device.SameBits) Assert.Equal(hash, hashes[k]);
            Results.Check(device, alone.Snapshots[^1].Parameters, results[k].Parameters);
            Results.Check(device, [alone.FinalLoss, alone.MeanLossLast1000], [results[k].FinalLoss, results[k].MeanLossLast1000]);
            Assert.Equal(accuracy, results[k].Accuracy!.Value, device.SameBits ? 0 : 0.005);
            Assert.Equal((Steps, null), (results[k].Steps, results[k].DivergedStep));
        }
    }

    [Theory]
    [InlineData(1, 1, null)]
    [InlineData(2, 7, null)]
    [InlineData(3, 100, 30_000L)]
    [InlineData(2, null, 1L)]
    public void ChunksCoresAndBatchesDoNotChangeBits(int cores, int? chunk, long? budget)
    {
        using ComputeDevice device = Open("cpu", cores);
        (string[] hashes, _) = Together(device, Members, chunk, budget);
        Assert.Equal(References.Value.Select(r => r.Hash), hashes);
    }

    [Fact]
    public void TheMeanOfTheLastThousandIsThatOfTheWholeRun()
    {
        using ComputeDevice device = Open("cpu");
        (Recipe, int) member = (Members[0].Recipe with { Steps = 2345 }, 0);
        TrainingResult alone = Alone(device, member).Result;
        foreach (int? chunk in (int?[])[null, 1, 999, 1500])
        {
            PopulationResult result = Together(device, [member], chunk).Results[0];
            Assert.Equal(alone.MeanLossLast1000, result.MeanLossLast1000);
        }
    }

    [Fact]
    public void ADivergedMemberEndsAsItDoesAloneAndTheOthersGoOn()
    {
        using ComputeDevice device = Open("cpu");
        (Recipe, int)[] members =
        [
            (Member(0), 0),
            (Member(0) with { Optimizer = new() { LearningRate = 1e20f } }, 0),
            (Member(0) with { Optimizer = new() { LearningRate = 1e30f }, Seed = 4 }, 0),
        ];
        foreach (int? chunk in (int?[])[null, 1, 7])
        {
            (string[] hashes, IReadOnlyList<PopulationResult> results) = Together(device, members, chunk);
            Assert.Equal(References.Value[0].Hash, hashes[0]);
            for (int m = 1; m < members.Length; m++)
            {
                TrainingResult alone = Alone(device, members[m], chunk).Result;
                Assert.NotNull(alone.DivergedStep);
                Assert.Equal((alone.DivergedStep, alone.Steps, null), (results[m].DivergedStep, results[m].Steps, results[m].Accuracy));
                Assert.Equal((alone.FinalLoss, alone.MeanLossLast1000), (results[m].FinalLoss, results[m].MeanLossLast1000));
            }
        }
    }

    [Fact]
    public void NetworksMakeTheirOwnNumbersOfSteps()
    {
        using ComputeDevice device = Open("cpu");
        (Recipe, int)[] members = [.. Members.Take(4).Select((m, k) => (m.Recipe with { Steps = 50 * k }, m.Data))];
        (string[] hashes, IReadOnlyList<PopulationResult> results) = Together(device, members);
        Assert.Equal([0, 50, 100, 150], results.Select(r => r.Steps));
        for (int k = 1; k < members.Length; k++) Assert.Equal(Alone(device, members[k]).Hash, hashes[k]);
    }

    [Fact]
    public void ACancelledRunSaysHowFarEachCame()
    {
        using ComputeDevice device = Open("cpu");
        using var source = new CancellationTokenSource();
        Recipe[] recipes = [.. Members.Select(m => m.Recipe)];
        var population = new Population(device, recipes, [.. Members.Select(m => Data[m.Data])], stepsPerLaunch: 10);
        IReadOnlyList<PopulationResult> results = population.Run((_, _) => source.Cancel(), source.Token);
        int first = population.Plan.Batches[0].Members[0];
        Assert.Equal((10, true), (results[first].Steps, results[first].Accuracy is not null));
        PopulationResult last = results[population.Plan.Batches[^1].Members[0]];
        Assert.Equal((0, null), (last.Steps, last.Accuracy));
    }
}
