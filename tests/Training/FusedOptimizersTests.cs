using CsCheck;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>
/// Every optimizer, schedule and loss that train offers: the fused engine ends in the layers' bits, alone and in a population.
/// </summary>
/// <remarks>
/// The kernels that these tests run are <see cref="Kernels.Optimizers.Sgd"/>, <see cref="Momentum"/>, <see cref="Kernels.Optimizers.Adam"/>
/// and
/// <see cref="Clipped{TOptimizer}"/>; <see cref="OnOutput{TLoss}"/>, <see cref="OnSigmoid{TLoss}"/> and <see cref="OfClasses{TLabel}"/>.
/// </remarks>
public class FusedOptimizersTests
{
    const int Steps = 45;

    static readonly int[] LaneWidths = [1, 4, 8, 16];

    static readonly DataSet Moons = DataSets.MakeMoons(300, noise: 0.1, seed: 3);
    static readonly DataSet Clouds = DataSets.MakeBlobs(300, 3, deviation: 1, new PhiloxStream(1, StreamPurpose.Data));

    static readonly Dictionary<string, OptimizerSpec> Optimizers = new()
    {
        ["sgd"] = new(),
        ["sgd, cosine"] = new() { Schedule = Schedule.Cosine(Steps) },
        ["sgd, decay"] = new() { WeightDecay = 0.01f },
        ["sgd, clip"] = new() { ClipNorm = 0.5f },
        ["momentum, step, warm-up"] = new() { Kind = OptimizerKind.Momentum, Schedule = Schedule.Step(10, 0.5f).After(7) },
        ["nesterov, decay, clip"] = new() { Kind = OptimizerKind.Nesterov, Momentum = 0.8f, WeightDecay = 0.001f, ClipNorm = 1f },
        ["adam"] = new() { Kind = OptimizerKind.Adam },
        ["adam, decay, clip, cosine"] = new()
        {
            Kind = OptimizerKind.Adam,
            WeightDecay = 0.01f,
            ClipNorm = 0.3f,
            Schedule = Schedule.Cosine(Steps),
        },
        ["rmsprop, decay"] = new() { Kind = OptimizerKind.RmsProp, WeightDecay = 0.01f },
        ["sgd, l1, clip"] = new() { L1 = 0.01f, ClipNorm = 0.5f },
        ["adamw, l1"] = new() { Kind = OptimizerKind.AdamW, L1 = 0.01f },
        ["adamw, warm-up"] = new() { Kind = OptimizerKind.AdamW, WeightDecay = 0.1f, Schedule = Schedule.Constant.After(20) },
    };

    // the net, its loss, and whether labels are numbers
    static readonly (string Net, Loss Loss, bool Linear)[] Problems =
    [
        ("2-17-1", new BceLoss(), false),
        ("2-9-20-1", new MseLoss(), false),
        ("2-9-1", new MseLoss(), true),
        ("2-9-3", new CrossEntropyLoss(), false),
        ("2-3", new CrossEntropyLoss(), false),
        ("2-300-3", new CrossEntropyLoss(), false),
    ];

    public static TheoryData<string> Names() => [.. Optimizers.Keys];

    [Theory, MemberData(nameof(Names))]
    public void EnginesEndInTheSameBits(string optimizer)
    {
        foreach ((string net, Loss loss, bool linear) in Problems)
        {
            foreach (int batch in (int[])[1, 5])
            {
                var run = new Run(net, loss, linear, batch, Optimizers[optimizer]);
                string expected = run.Hash(ComputeDevice.OpenCpu(16, 1), EngineChoice.Layers);
                Assert.Equal(expected, run.Hash(ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused));
                Assert.Equal(expected, run.Hash(ComputeDevice.OpenCpu(8, 1), EngineChoice.Fused, stepsPerLaunch: 7));
                Assert.Equal(expected, run.Hash(ComputeDevice.OpenCpu(1, 1), EngineChoice.Fused));
            }
        }
    }

    [Fact]
    public void AnyCombinationEndsInTheSameBits()
    {
        Gen<int[]> hidden = Gen.Frequency((9, Gen.Int[1, 40]), (1, Gen.Int[250, 300])).Array[0, 3];
        Gen<float> decays = Gen.OneOf(Gen.Const(0f), Gen.Const(0.01f));
        Gen<float?> clips = Gen.Bool.Select(clip => clip ? 0.5f : (float?)null);
        Gen<OptimizerSpec> optimizer = Gen.Select(Gen.Enum<OptimizerKind>(), decays, clips, Gen.Int[0, 2], Gen.Int[0, 20],
            (kind, decay, clip, schedule, warmUp) => new OptimizerSpec
            {
                Kind = kind,
                WeightDecay = decay,
                L1 = decay * (warmUp % 2),
                ClipNorm = clip,
                Schedule = (schedule == 0 ? Schedule.Constant : schedule == 1 ? Schedule.Step(10) : Schedule.Cosine(Steps)).After(warmUp),
            });
        var cases = Gen.Select(
            hidden, Gen.Int[0, Problems.Length - 1], Gen.Enum<Activation>(), optimizer, Gen.Int[1, 7], Gen.Int[1, Steps], Gen.Int[0, 3]);
        cases.Sample((widths, problem, activation, spec, batch, chunk, width) =>
        {
            (string net, Loss loss, bool linear) = Problems[problem];
            string whole = string.Join('-', [2, .. widths, int.Parse(net.Split('-')[^1])]);
            var run = new Run(whole, loss, linear, batch, spec) { Activation = activation };
            TrainingResult layers = run.Train(ComputeDevice.OpenCpu(16, 2), EngineChoice.Layers);
            TrainingResult fused = run.Train(ComputeDevice.OpenCpu(LaneWidths[width], 1), EngineChoice.Fused, chunk);
            // the fused engine sees a weight that is not finite only at the end of its chunk
            int common = Math.Min(layers.Steps, fused.Steps);
            return layers.StopReason == fused.StopReason && (layers.StopReason == StopReason.Diverged
                ? layers.Losses[..(common - 1)].SequenceEqual(fused.Losses[..(common - 1)]) : Hash(layers) == Hash(fused));
        }, iter: 200, threads: 1, print: sample => $"{string.Join('-', sample.Item1)}, problem {sample.Item2}, {sample.Item3}, " +
            $"{sample.Item4}, batch {sample.Item5}, {sample.Item6} steps per launch, {LaneWidths[sample.Item7]} lanes");
    }

    [Theory]
    [InlineData("momentum, step, warm-up", 0)]
    [InlineData("adam, decay, clip, cosine", 3)]
    [InlineData("sgd, cosine", 0)]
    public void SoDoesADriversDevice(string optimizer, int problem)
    {
        (string net, Loss loss, bool linear) = Problems[problem];
        var run = new Run(net, loss, linear, 1, Optimizers[optimizer]);
        TrainingResult expected = run.Train(ComputeDevice.Open("cpu"), EngineChoice.Layers);
        ComputeDevice device = DriverDevice.Open();
        Results.Check(device, expected, run.Train(device, EngineChoice.Fused));
    }

    [Fact]
    public void SoDoGroupsOfTwoLanes()
    {
        foreach (string optimizer in (string[])["adam, decay, clip, cosine", "nesterov, decay, clip"])
        {
            var run = new Run("2-9-3", new CrossEntropyLoss(), false, 3, Optimizers[optimizer], steps: 12);
            string expected = run.Hash(ComputeDevice.Open("cpu"), EngineChoice.Layers);
            Assert.Equal(expected, run.Hash(ComputeDevice.Open("cpu:ilgpu"), EngineChoice.Fused, lanes: 2));
        }
    }

    [Fact]
    public void AWarmUpLeavesNothingInAnOptimizer()
    {
        var run = new Run("2-17-1", new BceLoss(), false, 2, Optimizers["adam"]);
        foreach (EngineChoice engine in (EngineChoice[])[EngineChoice.Layers, EngineChoice.Fused])
            Assert.Equal(run.Hash(ComputeDevice.Open("cpu"), engine), run.Hash(ComputeDevice.Open("cpu"), engine, warmUp: false));
    }

    [Fact]
    public void EachNetworkOfAPopulationEndsAsItDoesAlone()
    {
        using var device = ComputeDevice.Open("cpu");
        Recipe[] recipes =
        [
            .. from optimizer in Optimizers.Values
               from decay in (float[])[optimizer.WeightDecay, 0.02f]
               select new Recipe
               {
                   Net = NetworkSpec.Parse("2-12-1"),
                   Seed = 4,
                   Steps = Steps,
                   Batch = 2,
                   Optimizer = optimizer with { LearningRate = 0.02f, WeightDecay = decay },
               },
        ];
        var population = new Population(device, recipes, [PopulationData.Of(Moons)], stepsPerLaunch: 8);
        IReadOnlyList<PopulationResult> results = population.Run(cancellation: TestContext.Current.CancellationToken);
        for (int k = 0; k < recipes.Length; k++)
        {
            using Sequential network = recipes[k].Build(device);
            using var trainer = new Trainer(network, Moons, recipes[k], new TrainingOptions { SnapshotEvery = 0 });
            TrainingResult alone = trainer.Run(cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(alone.FinalLoss, results[k].FinalLoss);
            var parameters = new float[network.Arena.Length];
            device.CopyToHost(network.Arena.Values, parameters);
            Assert.Equal(parameters, results[k].Parameters);
        }
    }

    [Fact]
    public void NetworksOfClassesAndOfNumbersTrainTogether()
    {
        using var device = ComputeDevice.Open("cpu");
        Recipe[] recipes =
        [
            .. from problem in Problems.Where(p => p.Net.StartsWith("2-9") || p.Net == "2-3")
               select new Recipe
               {
                   Net = NetworkSpec.Parse(problem.Net) with { LinearOutput = problem.Linear }, Loss = problem.Loss, Seed = 4, Steps = 300,
                   Optimizer = Optimizers["adam"] with { LearningRate = 0.02f },
               },
        ];
        PopulationData moons = PopulationData.Of(Moons), clouds = PopulationData.Of(Clouds);
        PopulationData[] each = [.. recipes.Select(r => r.Loss is CrossEntropyLoss ? clouds : moons)];
        var population = new Population(device, recipes, each);
        IReadOnlyList<PopulationResult> results = population.Run(cancellation: TestContext.Current.CancellationToken);
        for (int k = 0; k < recipes.Length; k++)
        {
            DataSet data = recipes[k].Loss is CrossEntropyLoss ? Clouds : Moons;
            using Sequential network = recipes[k].Build(device);
            using var trainer = new Trainer(network, data, recipes[k], new TrainingOptions { SnapshotEvery = 0 });
            Assert.Equal(trainer.Run(cancellation: TestContext.Current.CancellationToken).FinalLoss, results[k].FinalLoss);
            float[] outputs = network.Predict(data.Flat);
            int columns = network.Outputs, right = Enumerable.Range(0, data.Count).Count(row => columns == 1
                ? outputs[row] > 0.5f == (data.Labels[row] == 1f)
                : Array.IndexOf(outputs, outputs[(row * columns)..((row + 1) * columns)].Max(), row * columns) - row * columns
                    == data.Labels[row]);
            Assert.Equal(recipes[k].Net!.LinearOutput ? null : (double)right / data.Count, results[k].Accuracy);
        }
    }

    [Fact]
    public void NumbersOutOfRangeAreRefused()
    {
        using var device = ComputeDevice.Open("cpu");
        var weights = new PhiloxStream(0, StreamPurpose.Initialization);
        using Sequential network = NetworkSpec.Parse("2-3-1").Build(device, Initialization.Auto, weights, new BceLoss());
        OptimizerSpec[] wrong =
        [
            new() { Momentum = 1 }, new() { WeightDecay = -1 }, new() { ClipNorm = 0 }, new() { L1 = -1 }, new() { Alpha = 1 },
            new() { Beta2 = float.NaN },
        ];
        foreach (OptimizerSpec one in wrong)
            Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(network, Moons, Recipe.Of(network) with { Optimizer = one }));
    }

    static string Hash(TrainingResult result)
    {
        float[] all = [.. result.Losses, .. result.Snapshots.SelectMany(s => s.Parameters)];
        return Digest.Of(all);
    }

    sealed record Run(string Net, Loss Loss, bool Linear, int Batch, OptimizerSpec Optimizer, int steps = Steps)
    {
        internal Activation Activation { get; init; } = Activation.Tanh;

        DataSet Data => Loss is CrossEntropyLoss ? Clouds : Moons;

        internal string Hash(ComputeDevice device, EngineChoice engine, int? stepsPerLaunch = null, int? lanes = null, bool warmUp = true)
        {
            TrainingResult result = Train(device, engine, stepsPerLaunch, lanes, warmUp);
            Assert.Equal(StopReason.Completed, result.StopReason);
            return FusedOptimizersTests.Hash(result);
        }

        internal TrainingResult Train(
            ComputeDevice device, EngineChoice engine, int? stepsPerLaunch = null, int? lanes = null, bool warmUp = true)
        {
            using (device)
            {
                NetworkSpec spec = NetworkSpec.Parse(Net, Activation) with { LinearOutput = Linear };
                using Sequential network = spec.Build(device, Initialization.Auto, new PhiloxStream(5, StreamPurpose.Initialization), Loss);
                OptimizerSpec optimizer = Optimizer with { LearningRate = 0.03f };
                Recipe recipe = Recipe.Of(network) with { Steps = steps, Batch = Batch, Seed = 9, Optimizer = optimizer };
                var options = new TrainingOptions
                {
                    SnapshotEvery = 20,
                    Engine = engine,
                    StepsPerLaunch = stepsPerLaunch,
                    LanesPerGroup = lanes,
                };
                using var trainer = new Trainer(network, Data, recipe, options);
                if (warmUp) trainer.WarmUp();
                return trainer.Run(cancellation: TestContext.Current.CancellationToken);
            }
        }
    }
}
