using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>Where a driver ends launches early, the fused kernels train in shorter ones, with the same bits.</summary>
public sealed class CutLaunchTests
{
    const int Steps = 60;

    static readonly DataSet Moons = DataSets.MakeMoons(100, noise: 0.1, seed: 3);

    [Theory]
    [InlineData("cpu:ilgpu", 1, OptimizerKind.Sgd, false)]
    [InlineData("cpu:ilgpu", 3, OptimizerKind.Adam, true)]
    [InlineData(DriverDevice.Name, 1, OptimizerKind.Sgd, true)]
    [InlineData(DriverDevice.Name, 3, OptimizerKind.Adam, false)]
    public void ARunTakesShorterLaunches(string name, int batch, OptimizerKind kind, bool fixedPicks)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        Recipe recipe = Of(kind, batch, 7);
        Picks? picks = fixedPicks ? Picks.Fixed([.. Enumerable.Range(0, Steps * batch).Select(k => k * 37 % Moons.Count)]) : null;
        string expected = Trained(device, recipe, picks);
        foreach (int cut in (int[])[1, 3])
        {
            long most = device.MostWork;
            device.Watch.Cut = cut;
            Assert.Equal(expected, Trained(device, recipe, picks));
            Assert.Equal(0, device.Watch.Cut);
            Assert.True(device.MostWork < most);
        }
        AssertStops(device, () => Trained(device, recipe, picks));
    }

    [Theory]
    [InlineData("cpu:ilgpu")]
    [InlineData(DriverDevice.Name)]
    public void APopulationTakesShorterLaunches(string name)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        Recipe[] recipes = [.. Enumerable.Range(0, 3).Select(k => Of(OptimizerKind.Sgd, 1, (ulong)k))];
        string[] expected = Trained(device, recipes);
        foreach (int cut in (int[])[1, 3])
        {
            device.Watch.Cut = cut;
            Assert.Equal(expected, Trained(device, recipes));
            Assert.Equal(0, device.Watch.Cut);
        }
        AssertStops(device, () => Trained(device, recipes));
    }

    [Theory]
    [InlineData("cpu:ilgpu")]
    [InlineData(DriverDevice.Name)]
    public void NetworksAreEvaluatedAFewAtATime(string name)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        NetworkSpec net = NetworkSpec.Parse("2-9-1");
        float[][] parameters = [.. Enumerable.Range(0, 5).Select(k =>
        {
            using Sequential network = Of(OptimizerKind.Sgd, 1, (ulong)k).Build(device);
            var own = new float[network.Arena.Length];
            device.CopyToHost(network.Arena.Values, own);
            return own;
        })];
        float[][] points = [.. parameters.Select(_ => Moons.Flat.ToArray())];
        float[][] expected = PopulationEvaluator.Evaluate(device, net, parameters, points);
        device.Watch.Cut = 2;
        Assert.Equal(expected, PopulationEvaluator.Evaluate(device, net, parameters, points));
        Assert.Equal(0, device.Watch.Cut);
    }

    static void AssertStops(ComputeDevice device, Action train)
    {
        device.Watch.Cut = int.MaxValue;
        var e = Assert.Throws<DeviceException>(train);
        device.Watch.Cut = 0;
        device.Finished();
        Assert.True(e.IsStopped);
        Assert.Contains($"stopped after step 0 of {Steps}: its driver ends long launches", e.Message, StringComparison.Ordinal);
    }

    static Recipe Of(OptimizerKind kind, int batch, ulong seed) => new()
    {
        Net = NetworkSpec.Parse("2-9-1"),
        Batch = batch,
        Steps = Steps,
        Seed = seed,
        Loss = new BceLoss(),
        Optimizer = new() { Kind = kind, LearningRate = 0.05f },
    };

    static string Trained(ComputeDevice device, Recipe recipe, Picks? picks)
    {
        using Sequential network = recipe.Build(device);
        var options = new TrainingOptions { Engine = EngineChoice.Fused, SnapshotEvery = 7, StepsPerLaunch = 50 };
        using var trainer = new Trainer(network, Moons, recipe, options, picks);
        TrainingResult result = trainer.Run(cancellation: TestContext.Current.CancellationToken);
        return Digest.Of([.. result.Losses, .. result.Snapshots.SelectMany(snapshot => snapshot.Parameters)]);
    }

    static string[] Trained(ComputeDevice device, Recipe[] recipes)
    {
        var losses = new List<float>[recipes.Length];
        for (int k = 0; k < losses.Length; k++) losses[k] = [];
        var population = new Population(device, recipes, [PopulationData.Of(Moons)], stepsPerLaunch: 50)
        {
            Losses = (network, first, some) =>
            {
                Assert.Equal(losses[network].Count, first);
                losses[network].AddRange(some.Span);
            },
        };
        IReadOnlyList<PopulationResult> results = population.Run(cancellation: TestContext.Current.CancellationToken);
        return [.. results.Select((result, k) => Digest.Of([.. losses[k]], result.Parameters))];
    }
}
