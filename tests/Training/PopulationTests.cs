using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>Networks of a population against the same networks trained alone.</summary>
public class PopulationTests
{
    const int Steps = 300;

    static readonly PopulationData[] Data =
        [PopulationData.Of(DataSets.MakeMoons(200, seed: 1)), PopulationData.Of(DataSets.MakeCircles(200, seed: 2)), PopulationData.Of(DataSets.MakeXor(77, seed: 3))];

    static PopulationMember Member(int k, string net = "2-20-1") => new()
    {
        Net = NetworkSpec.Parse(net, Activations.All[k % Activations.All.Count].Activation),
        Seed = (ulong)k + (k % 2 == 0 ? 0 : 1UL << 40),
        LearningRate = 0.01f * (1 + k % 3),
        InitScale = k % 4 == 0 ? 1 : 0.5f,
        Batch = k % 6 == 5 ? 3 : 1,
        Loss = k % 3 == 0 ? new BceLoss() : k % 3 == 1 ? new BceLoss(BceForm.Torch) : new BceWithLogitsLoss(),
        Data = k % Data.Length,
    };

    static readonly PopulationMember[] Members =
        [.. Enumerable.Range(0, 12).Select(k => Member(k)), .. Enumerable.Range(0, 4).Select(k => Member(k, "2-9-7-1") with { Seed = 9 + (ulong)k }), Member(3) with { Seed = 77 }, Member(0) with { Data = 2, Seed = 15 }, Member(0) with { Data = 1, Seed = 6 }];

    internal static ComputeDevice Open(string name, int cores = 2)
    {
        if (name == "cpu") return ComputeDevice.Open("cpu", OpenOptions.Default with { Cores = cores });
        OpenCL.Need();
        return ComputeDevice.Open(name);
    }

    static string Hash(params float[][] values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (float[] part in values) hash.AppendData(MemoryMarshal.AsBytes<float>(part));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    static (string Hash, TrainingResult Result, double Accuracy) Alone(ComputeDevice device, PopulationMember member, int steps = Steps, int? chunk = null)
    {
        DataSet data = Data[member.Data].Load();
        using Sequential network = member.Net.Build(device, member.Initialization, new PhiloxStream(member.Seed, StreamPurpose.Initialization), member.Loss, member.InitScale);
        using var trainer = new Trainer(network, data, Picks.Philox(member.Seed, data.Count),
            new TrainingOptions { Steps = steps, Batch = member.Batch, LearningRate = member.LearningRate, SnapshotEvery = 1 << 20, StepsPerLaunch = chunk, Engine = EngineChoice.Layers });
        TrainingResult result = trainer.Run();
        float[] predictions = network.Predict(data.Flat);
        double accuracy = predictions.Zip(data.Labels, (p, y) => p > 0.5f == (y == 1f) ? 1 : 0).Average();
        return (Hash(result.Losses, result.Snapshots[^1].Parameters), result, accuracy);
    }

    static (string[] Hashes, IReadOnlyList<PopulationResult> Results) Together(ComputeDevice device, PopulationOptions options, PopulationMember[]? members = null)
    {
        members ??= Members;
        var losses = new List<float>[members.Length];
        for (int m = 0; m < members.Length; m++) losses[m] = [];
        var population = new Population(device, members, Data, options with
        {
            Losses = (m, first, chunk) =>
            {
                Assert.Equal(losses[m].Count, first);
                losses[m].AddRange(chunk.Span);
            },
        });
        IReadOnlyList<PopulationResult> results = population.Run(cancellation: TestContext.Current.CancellationToken);
        return ([.. members.Select((_, m) => Hash([.. losses[m]], results[m].Parameters))], results);
    }

    static readonly Lazy<(string Hash, TrainingResult Result, double Accuracy)[]> References = new(() =>
    {
        using ComputeDevice cpu = Open("cpu", 1);
        return [.. Members.Select(member => Alone(cpu, member))];
    });

    // compiling a training kernel for OpenCL takes seconds, so there is one
    [Theory]
    [InlineData("cpu")]
    [InlineData("opencl")]
    public void Every_member_has_the_bits_it_has_alone(string name)
    {
        using ComputeDevice device = Open(name);
        int[] some = name == "cpu" ? [.. Enumerable.Range(0, Members.Length)]
            : [.. Enumerable.Range(0, Members.Length).Where(m => Members[m] is { Batch: 1, Loss: BceLoss { Form: BceForm.Tutorial }, Net.Activation: Activation.ReLU })];
        Assert.True(some.Length >= 3);
        (string[] hashes, IReadOnlyList<PopulationResult> results) = Together(device, new PopulationOptions { Steps = Steps }, [.. some.Select(m => Members[m])]);
        for (int k = 0; k < some.Length; k++)
        {
            (string hash, TrainingResult alone, double accuracy) = References.Value[some[k]];
            Assert.Equal(hash, hashes[k]);
            Assert.Equal(alone.FinalLoss, results[k].FinalLoss);
            Assert.Equal(alone.MeanLossLast1000, results[k].MeanLossLast1000);
            Assert.Equal(accuracy, results[k].Accuracy);
            Assert.Equal((Steps, null), (results[k].Steps, results[k].DivergedStep));
        }
    }

    [Theory]
    [InlineData(1, 1, null)]
    [InlineData(2, 7, null)]
    [InlineData(3, 100, 30_000L)]
    [InlineData(2, null, 1L)]
    public void Chunks_cores_and_batches_do_not_change_bits(int cores, int? chunk, long? budget)
    {
        using ComputeDevice device = Open("cpu", cores);
        (string[] hashes, _) = Together(device, new PopulationOptions { Steps = Steps, StepsPerLaunch = chunk, MemoryBudget = budget });
        Assert.Equal(References.Value.Select(r => r.Hash), hashes);
    }

    [Fact]
    public void The_mean_of_the_last_thousand_is_that_of_the_whole_run()
    {
        using ComputeDevice device = Open("cpu");
        PopulationMember member = Members[0];
        TrainingResult alone = Alone(device, member, 2345).Result;
        foreach (int? chunk in (int?[])[null, 1, 999, 1500])
        {
            PopulationResult result = Together(device, new PopulationOptions { Steps = 2345, StepsPerLaunch = chunk }, [member]).Results[0];
            Assert.Equal(alone.MeanLossLast1000, result.MeanLossLast1000);
        }
    }

    [Fact]
    public void A_diverged_member_ends_as_it_does_alone_and_the_others_go_on()
    {
        using ComputeDevice device = Open("cpu");
        PopulationMember[] members = [Member(0), Member(0) with { LearningRate = 1e20f }, Member(0) with { LearningRate = 1e30f, Seed = 4 }];
        foreach (int? chunk in (int?[])[null, 1, 7])
        {
            (string[] hashes, IReadOnlyList<PopulationResult> results) = Together(device, new PopulationOptions { Steps = Steps, StepsPerLaunch = chunk }, members);
            Assert.Equal(References.Value[0].Hash, hashes[0]);
            for (int m = 1; m < members.Length; m++)
            {
                TrainingResult alone = Alone(device, members[m], chunk: chunk).Result;
                Assert.NotNull(alone.DivergedStep);
                Assert.Equal((alone.DivergedStep, alone.Steps, null), (results[m].DivergedStep, results[m].Steps, results[m].Accuracy));
                Assert.Equal((alone.FinalLoss, alone.MeanLossLast1000), (results[m].FinalLoss, results[m].MeanLossLast1000));
            }
        }
    }

    [Fact]
    public void A_cancelled_run_says_how_far_each_came()
    {
        using ComputeDevice device = Open("cpu");
        using var source = new CancellationTokenSource();
        var population = new Population(device, Members, Data, new PopulationOptions { Steps = Steps, StepsPerLaunch = 10 });
        IReadOnlyList<PopulationResult> results = population.Run((_, _) => source.Cancel(), source.Token);
        int first = population.Plan.Batches[0].Members[0];
        Assert.Equal((10, true), (results[first].Steps, results[first].Accuracy is not null));
        Assert.Equal((0, null), (results[population.Plan.Batches[^1].Members[0]].Steps, results[population.Plan.Batches[^1].Members[0]].Accuracy));
    }
}
