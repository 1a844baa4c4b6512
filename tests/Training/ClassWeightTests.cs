using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>Class weights multiply a row's loss and gradient, with the same bits in both engines and in a population.</summary>
public class ClassWeightTests
{
    const int Steps = 60;

    static readonly DataSet Moons = DataSets.MakeMoons(120, noise: 0.3, seed: 3);
    static readonly DataSet Clouds = DataSets.MakeBlobs(120, 3, deviation: 1, new PhiloxStream(1, StreamPurpose.Data));

    static readonly (string Net, Loss Loss)[] Problems =
        [("2-17-1", new BceLoss()), ("2-9-1", new BceLoss(BceForm.Torch)), ("2-9-4-1", new BceWithLogitsLoss()), ("2-9-1", new MseLoss()),
            ("2-9-3", new CrossEntropyLoss())];

    static Recipe RecipeOf((string Net, Loss Loss) problem, int batch, params float[]? weights) => new()
    {
        Net = NetworkSpec.Parse(problem.Net),
        Loss = problem.Loss,
        Seed = 2,
        Batch = batch,
        Steps = Steps,
        Optimizer = new() { LearningRate = 0.125f },
        ClassWeights = weights,
    };

    static DataSet DataOf(Loss loss) => loss.Labels == LabelKind.Class ? Clouds : Moons;

    static float[] Train(ComputeDevice device, Recipe recipe, EngineChoice engine, int? stepsPerLaunch = null)
    {
        using ComputeDevice used = device;
        using Sequential network = recipe.Build(device);
        var options = new TrainingOptions { SnapshotEvery = Steps, Engine = engine, StepsPerLaunch = stepsPerLaunch };
        using var trainer = new Trainer(network, DataOf(recipe.Loss), recipe, options);
        TrainingResult result = trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Null(result.DivergedStep);
        return [.. result.Losses, .. result.Snapshots[^1].Parameters];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void EnginesEndInTheSameBits(int batch)
    {
        foreach ((string Net, Loss Loss) problem in Problems)
        {
            float[] weights = problem.Loss.Labels == LabelKind.Class ? [0.3f, 2.5f, 1] : [0.3f, 2.5f];
            Recipe recipe = RecipeOf(problem, batch, weights);
            float[] expected = Train(ComputeDevice.OpenCpu(16, 1), recipe, EngineChoice.Layers);
            foreach (int lanes in (int[])[16, 4, 1])
                Assert.Equal(expected, Train(ComputeDevice.OpenCpu(lanes, 1), recipe, EngineChoice.Fused, stepsPerLaunch: 7));
            Assert.NotEqual(expected, Train(ComputeDevice.OpenCpu(16, 1), RecipeOf(problem, batch, null), EngineChoice.Fused));
        }
    }

    [Theory]
    [InlineData(EngineChoice.Fused, 1)]
    [InlineData(EngineChoice.Layers, 5)]
    public void WeightsOfOneChangeNoBitAndTwiceTheWeightIsTwiceTheRate(EngineChoice engine, int batch)
    {
        foreach ((string Net, Loss Loss) problem in Problems)
        {
            int classes = problem.Loss.Labels == LabelKind.Class ? 3 : 2;
            float[] plain = Train(ComputeDevice.OpenCpu(16, 1), RecipeOf(problem, batch, null), engine);
            Recipe ones = RecipeOf(problem, batch, [.. Enumerable.Repeat(1f, classes)]);
            Assert.Equal(plain, Train(ComputeDevice.OpenCpu(16, 1), ones, engine));
            Recipe twos = RecipeOf(problem, batch, [.. Enumerable.Repeat(2f, classes)]);
            twos = twos with { Optimizer = twos.Optimizer with { LearningRate = twos.Optimizer.LearningRate / 2 } };
            float[] doubled = Train(ComputeDevice.OpenCpu(16, 1), twos, engine);
            Assert.Equal(plain[Steps..], doubled[Steps..]);                             // powers of two round nothing
            Assert.Equal(plain[..Steps].Select(loss => 2 * loss), doubled[..Steps]);
        }
    }

    [Fact]
    public void APopulationOfWeightedNetworksEndsAsEachAlone()
    {
        foreach ((string Net, Loss Loss) problem in Problems)
        {
            float[] weights = problem.Loss.Labels == LabelKind.Class ? [0, 2.5f, 1] : [0.25f, 4];
            Recipe weighted = RecipeOf(problem, 1, weights), plain = RecipeOf(problem, 1, null);
            using ComputeDevice device = ComputeDevice.Open("cpu");
            DataSet data = DataOf(problem.Loss);
            PopulationData[] sets = [PopulationData.Of(data), PopulationData.Of(data), PopulationData.Of(data)];
            var population = new Population(device, [weighted, plain, weighted with { Seed = 9 }], sets);
            IReadOnlyList<PopulationResult> results = population.Run(cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(Train(ComputeDevice.OpenCpu(8, 1), weighted, EngineChoice.Layers)[Steps..], results[0].Parameters);
            Assert.Equal(Train(ComputeDevice.OpenCpu(8, 1), plain, EngineChoice.Layers)[Steps..], results[1].Parameters);
            using Sequential network = weighted.Build(device);
            network.LoadParameters(results[0].Parameters);
            Assert.Equal(Classification.Accuracy(network.Predict(data.Flat), data.Labels), results[0].Accuracy);
        }
    }

    [Fact]
    public void WeightsThatDoNotSuitTheClassesAreRefused()
    {
        string Refusal(Recipe recipe, DataSet data)
        {
            using ComputeDevice device = ComputeDevice.Open("cpu");
            using Sequential network = recipe.Build(device);
            return Assert.ThrowsAny<ArgumentException>(() => new Trainer(network, data, recipe)).Message;
        }
        Assert.StartsWith("3 class weights for 2 classes", Refusal(RecipeOf(Problems[0], 1, 1, 1, 1), Moons));
        Assert.StartsWith("class weights need classes", Refusal(RecipeOf(Problems[0], 1, 1, 1), Moons.AsNumbers()));
        Assert.StartsWith("weights are numbers of 0 or more",
            Assert.Throws<ArgumentOutOfRangeException>(() => RecipeOf(Problems[0], 1, 1, float.NaN).Validate()).Message);
        using ComputeDevice device = ComputeDevice.Open("cpu");
        Recipe[] different = [RecipeOf(Problems[0], 1, 1, 2), RecipeOf(Problems[0], 1, 1, 3)];
        string message = Assert.Throws<ArgumentException>(() => new Population(device, different, [PopulationData.Of(Moons)])).Message;
        Assert.StartsWith("networks that share a data set share the class weights", message);
    }
}
