using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>
/// Small runs that every driver can do, a simulator too: both engines, groups of many lanes, populations and grids. They end in the
/// processor's bits where the device claims them, else close to them.
/// </summary>
public sealed class DriverTests
{
    static readonly DataSet Moons = DataSets.MakeMoons(500, noise: 0.1, seed: 3);

    [Fact]
    public void BothEnginesTrain()
    {
        using ComputeDevice device = DriverDevice.Open();
        foreach ((string net, int batch, OptimizerKind kind) in
            ((string, int, OptimizerKind)[])[("2-9-1", 1, OptimizerKind.Sgd), ("2-6-5-1", 3, OptimizerKind.Adam)])
        {
            Recipe recipe = Of(net, batch, 10) with { Optimizer = new OptimizerSpec { Kind = kind } };
            float[] expected = Trained(recipe, null, EngineChoice.Layers);
            Results.Check(device, expected, Trained(recipe, device, EngineChoice.Layers));
            Results.Check(device, expected, Trained(recipe, device, EngineChoice.Fused));
            Results.Check(device, expected, Trained(recipe, device, EngineChoice.Fused, lanes: 16));
        }
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Adam)]
    public void AStepLayerByLayerIsSevenLaunches(OptimizerKind kind)
    {
        const int Chunk = 2;                                     // launches of the whole run: its rows drawn, its means taken
        using ComputeDevice device = DriverDevice.Open();
        Recipe recipe = Of("2-50-1", 1, 10) with { Optimizer = new OptimizerSpec { Kind = kind } };
        using Sequential network = recipe.Build(device);
        using var trainer = new Trainer(network, Moons, recipe, new TrainingOptions { Engine = EngineChoice.Layers });
        long before = device.Launches;
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(10 * 7 + Chunk, device.Launches - before);
    }

    [Fact]
    public void APopulationTrains()
    {
        using ComputeDevice device = DriverDevice.Open();
        Recipe[] recipes = [.. Enumerable.Range(0, 3).Select(k => Of("2-9-1", 1, 10) with { Seed = (ulong)k })];
        using ComputeDevice cpu = ComputeDevice.Open("cpu");
        PopulationData[] data = [.. recipes.Select(_ => PopulationData.Of(Moons))];
        var expected = new Population(cpu, recipes, data).Run(cancellation: TestContext.Current.CancellationToken);
        var actual = new Population(device, recipes, data).Run(cancellation: TestContext.Current.CancellationToken);
        for (int k = 0; k < recipes.Length; k++) Results.Check(device, expected[k].Parameters, actual[k].Parameters);
    }

    [Theory]
    [InlineData("2-9-1", GridForm.Registers)]
    [InlineData("2-6-5-1", GridForm.Tiles)]
    [InlineData("2-300-1-1", GridForm.Batches)]
    public void EveryFormOfAGridIsEvaluated(string net, GridForm form)
    {
        using ComputeDevice device = DriverDevice.Open(), cpu = ComputeDevice.Open("cpu");
        GridSpec grid = GridSpec.FromSize(new Window(-1.5, 2.5, -1, 1.5), 19, 7);
        using Sequential there = Of(net, 1, 1).Build(device), here = Of(net, 1, 1).Build(cpu);
        var evaluator = new GridEvaluator(there);
        Assert.Equal(form, evaluator.Form);
        Results.Check(device, GridEvaluator.Evaluate(here, grid), evaluator.Evaluate(grid));
    }

    [Fact]
    public void TheTutorialsRunLearns()
    {
        using ComputeDevice device = DriverDevice.Open();
        if (DriverDevice.Simulates) Assert.Skip($"{device.Name} simulates: 2,000 steps would take minutes");
        Recipe recipe = Of("2-50-1", 1, 2000);
        foreach (EngineChoice engine in (EngineChoice[])[EngineChoice.Fused, EngineChoice.Layers])
            Assert.Equal(Accuracy(recipe, Trained(recipe, null, engine)), Accuracy(recipe, Trained(recipe, device, engine)), 0.005);
    }

    static Recipe Of(string net, int batch, int steps) =>
        new() { Net = NetworkSpec.Parse(net), Batch = batch, Steps = steps, Loss = new BceLoss() };

    static float[] Trained(Recipe recipe, ComputeDevice? on, EngineChoice engine, int? lanes = null)
    {
        ComputeDevice device = on ?? ComputeDevice.Open("cpu");
        using Sequential network = recipe.Build(device);
        var options = new TrainingOptions { Engine = engine, SnapshotEvery = 0, LanesPerGroup = lanes };
        using var trainer = new Trainer(network, Moons, recipe, options);
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        var parameters = new float[network.Arena.Length];
        device.CopyToHost(network.Arena.Values, parameters);
        if (on is null) device.Dispose();
        return parameters;
    }

    static double Accuracy(Recipe recipe, float[] parameters)
    {
        using ComputeDevice cpu = ComputeDevice.Open("cpu");
        using Sequential network = recipe.Build(cpu);
        network.LoadParameters(parameters);
        float[] predictions = network.Predict(Moons.Flat);
        return predictions.Where((p, row) => p > 0.5f == (Moons.Labels[row] == 1f)).Count() / (double)Moons.Count;
    }
}
