using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Optimizers;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>The plan of a population's memory, which is made before any memory is taken.</summary>
public class PopulationPlanTests
{
    static readonly NetworkSpec Small = NetworkSpec.Parse("2-50-1"), Other = NetworkSpec.Parse("2-8-8-1");

    static PopulationData[] Sets(int count, int rows = 100) => [.. Enumerable.Range(0, count).Select(k => Set(k, rows))];

    static PopulationData Set(int seed, int rows) => new(rows, 2, () => DataSets.MakeMoons(rows, seed: (ulong)seed));

    static Recipe[] Recipes(int count, NetworkSpec? net = null, int steps = 10_000) =>
    [
        .. Enumerable.Range(0, count)
            .Select(k => new Recipe { Net = net ?? (k % 2 == 0 ? Small : Other), Seed = (ulong)k, Steps = steps }),
    ];

    // a data set per network; the networks take the sets in turn
    static PopulationData[] Turns(int count, int sets, int rows = 100)
    {
        PopulationData[] all = Sets(sets, rows);
        return [.. Enumerable.Range(0, count).Select(k => all[k % sets])];
    }

    [Fact]
    public void BatchesHoldEveryNetworkOnceWithinTheBudget()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        foreach (long budget in (long[])[1, 50_000, 1_000_000, 1 << 30])
        {
            Recipe[] recipes = Recipes(200, steps: 100);
            PopulationPlan plan = new Population(device, recipes, Turns(200, 7), memoryBudget: budget).Plan;
            Assert.Equal(Enumerable.Range(0, 200), plan.Batches.SelectMany(b => b.Members).Order());
            Assert.All(plan.Batches, batch =>
            {
                Assert.Single(batch.Members.Select(m => recipes[m].Net).Distinct());
                Assert.True(batch.Bytes <= budget || batch.Members.Count == 1);
            });
            Assert.Equal(budget == 1 ? 200 : plan.Batches.Count, plan.Batches.Count);
            if (budget == 1 << 30) Assert.Equal(2, plan.Batches.Count);
        }
    }

    [Theory]
    [InlineData("2-50-1", 1)]
    [InlineData("2-300-7-1", 5)]
    [InlineData("2-1", 1)]
    [InlineData("2-20-1", 2, OptimizerKind.Adam)]
    public void ADeviceWithNoMoreThanThePlanSaysIsEnough(string net, int batch, OptimizerKind optimizer = OptimizerKind.Sgd)
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        var rule = new OptimizerSpec { Kind = optimizer };
        Recipe[] recipes = [.. Recipes(6, NetworkSpec.Parse(net), 20).Select(r => r with { Batch = batch, Optimizer = rule })];
        var population = new Population(device, recipes, Turns(6, 3));
        device.MemoryLimit = population.Plan.Bytes;
        Assert.All(population.Run(cancellation: TestContext.Current.CancellationToken), result => Assert.Equal(20, result.Steps));
        Assert.Equal(0, device.LiveBuffers);
    }

    // the program takes about 150 MB before it trains anything
    [Fact]
    public void FourThousandNetworksWithDataOfTheirOwnFitAGigabyte()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        PopulationPlan plan = new Population(device, Recipes(4096, Small, 1000), Sets(4096, 2000)).Plan;
        Assert.True(plan.Batches.Max(b => b.Bytes) <= 512L << 20);
        Assert.Contains("4,096 networks in 1 batch of up to 4,096", plan.ToString());
        PopulationPlan longer = new Population(device, Recipes(4096, Small, 1_000_000_000), Sets(4096, 2000)).Plan;
        Assert.InRange(longer.Bytes, plan.Bytes, plan.Bytes + 4096 * 3 * 24 * sizeof(float));           // no more per step: chunks of 1,024
    }

    [Theory]
    [InlineData("2-60000-60000-1", 100, "one network 2-60000-60000-1 with its data takes ")]
    [InlineData("2-4-1", 2_000_000_000, "one network 2-4-1 with its data takes ")]
    public void OneNetworkThatCannotFitIsRefusedWithTheNumbers(string net, int rows, string message)
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        var error = Assert.Throws<InsufficientMemoryException>(
            () => new Population(device, Recipes(2, NetworkSpec.Parse(net)), Sets(1, rows)));
        Assert.StartsWith(message, error.Message);
        Assert.EndsWith(" are available", error.Message);
    }

    [Fact]
    public void RecipesThatCannotBeAreNamed()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        string Refusal(params Recipe[] recipes) =>
            Assert.ThrowsAny<ArgumentException>(() => new Population(device, recipes, Sets(1))).Message;
        Recipe good = Recipes(1)[0];
        Assert.StartsWith("a population has at least one network", Refusal());
        Recipe Of(string net) => good with { Net = NetworkSpec.Parse(net) };
        Assert.StartsWith("the network takes 3 inputs, the data has 2 features", Refusal(good, Of("3-5-1")));
        Assert.StartsWith("a population cannot train 2-5-2: with bce it takes networks of one output", Refusal(Of("2-5-2")));
        const string Deep = "2-2-2-2-2-2-2-2-2-1";
        Assert.StartsWith($"a population cannot train {Deep}: it takes up to 8 linear layers", Refusal(Of(Deep)));
        Assert.StartsWith("2 networks take one data set each, or one for all; there are 3",
            Assert.Throws<ArgumentException>(() => new Population(device, [good, good], Sets(3))).Message);
        Assert.Contains("the recipe has no Net", Refusal(good with { Net = null }));
        Assert.Contains("a learning rate is a positive number", Refusal(good with { Optimizer = new() { LearningRate = 0 } }));
        Assert.Contains("a scale is a positive number", Refusal(good with { InitScale = float.NaN }));
        Assert.Contains("Batch", Refusal(good with { Batch = 0 }));
    }
}
