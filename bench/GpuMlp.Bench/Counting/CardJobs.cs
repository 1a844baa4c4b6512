using System.Diagnostics;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Tensors;
using GpuMlp.Training;

namespace GpuMlp.Bench.Counting;

/// <summary>The jobs that are counted on the emulated card, and timed on another.</summary>
sealed class CardJobs(ComputeDevice card)
{
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);

    static Recipe Of(string net, int steps) => new() { Net = NetworkSpec.Parse(net), Batch = 1, Steps = steps, Loss = new BceLoss() };

    /// <summary>Trains a network on one example a step; returns the seconds of that.</summary>
    internal double Train(string net, int steps, EngineChoice engine)
    {
        Recipe recipe = Of(net, steps);
        using Sequential network = recipe.Build(card);
        using var trainer = new Trainer(network, StepsJob.Moons, recipe, new TrainingOptions { SnapshotEvery = 0, Engine = engine });
        return Seconds(() => trainer.Run());
    }

    /// <summary>
    /// Trains a population of 2-50-1 networks for one step, and evaluates each on its data; returns the seconds of both.
    /// </summary>
    internal double TrainAll(int networks, int rows)
    {
        PopulationData data = PopulationData.Of(DataSets.MakeMoons(rows));
        Recipe[] recipes = [.. Enumerable.Range(0, networks).Select(k => Of("2-50-1", 1) with { Seed = (ulong)k })];
        var population = new Population(card, recipes, [.. recipes.Select(_ => data)]);
        return Seconds(() => population.Run());
    }

    /// <summary>Evaluates a network over a grid of so many columns and rows; returns the seconds of the launches.</summary>
    internal double Evaluate(string net, int side)
    {
        using Sequential network = Of(net, 1).Build(card);
        using var run = new GridRun(network, new GridNetwork(network), GridSpec.FromSize(Shown, side, side));
        using var values = new Tensor(card, side, side);
        return Seconds(() => run.OnDevice(GridValue.Probability, values.Span));
    }

    static double Seconds(Action job)
    {
        long start = Stopwatch.GetTimestamp();
        job();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
