using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Training;

namespace GpuMlp.Peers;

/// <summary>The jobs in GpuMlp on one open device.</summary>
sealed class Ours(ComputeDevice device, DataSet data) : IDisposable
{
    internal ComputeDevice Device => device;

    Sequential Network(string net) =>
        NetworkSpec.Parse(net).Build(device, Initialization.Uniform, new PhiloxStream(0, StreamPurpose.Initialization), new BceLoss());

    /// <summary>Builds the network, uploads, trains, and reads every step's loss back.</summary>
    internal void Train(string net, int steps, EngineChoice engine)
    {
        using Sequential network = Network(net);
        var options = new TrainingOptions { SnapshotEvery = 0, Engine = engine };
        using var trainer = new Trainer(network, data, Recipe.Of(network) with { Steps = steps }, options);
        trainer.Run();
    }

    /// <summary>
    /// Trains networks with different seeds, all at once: draws weights, and reads losses, parameters and accuracies back.
    /// </summary>
    internal void TrainMany(string net, int steps, int networks)
    {
        var recipe = new Recipe { Net = NetworkSpec.Parse(net), Initialization = Initialization.Uniform, Steps = steps };
        Recipe[] recipes = [.. Enumerable.Range(0, networks).Select(seed => recipe with { Seed = (ulong)seed })];
        new Population(device, recipes, [PopulationData.Of(data)]).Run();
    }

    /// <summary>Evaluates a dense grid of side² points, with every value in host memory at the end.</summary>
    internal void Grid(string net, int side, Window window)
    {
        using Sequential network = Network(net);
        GridEvaluator.Evaluate(network, GridSpec.FromSize(window, side, side));
    }

    /// <summary>
    /// Makes steps of a wide network on random rows, by each engine that suits; the network lasts from one run to the next.
    /// </summary>
    internal IEnumerable<(string Engine, Action Run)> Wide(WideJob job)
    {
        int[] widths = job.Widths;
        var random = new Random(0);
        var inputs = new float[job.Rows, widths[0]];
        for (int row = 0; row < job.Rows; row++)
            for (int k = 0; k < widths[0]; k++) inputs[row, k] = random.NextSingle() - 0.5f;
        float[] labels = [.. Enumerable.Range(0, job.Rows).Select(_ => (float)random.Next(Math.Max(2, widths[^1])))];
        var rows = new DataSet(job.Name, inputs, labels, [.. Enumerable.Range(0, Math.Max(2, widths[^1])).Select(k => $"{k}")]);
        OptimizerSpec optimizer = job.Adam ? new() { Kind = OptimizerKind.Adam, LearningRate = 1e-3f } : new() { LearningRate = 1e-2f };
        foreach (EngineChoice engine in job.Batch <= 64 ? [EngineChoice.Layers, EngineChoice.Fused] : (EngineChoice[])[EngineChoice.Layers])
        {
            Sequential network = NetworkSpec.Parse(job.Net).Build(device, Initialization.Uniform,
                new PhiloxStream(0, StreamPurpose.Initialization), job.HasClasses ? new CrossEntropyLoss() : new BceLoss());
            Recipe recipe = Recipe.Of(network) with { Steps = job.Steps, Batch = job.Batch, Optimizer = optimizer };
            yield return (engine.ToString().ToLowerInvariant(), () =>
            {
                using var trainer = new Trainer(network, rows, recipe, new TrainingOptions { SnapshotEvery = 0, Engine = engine });
                trainer.Run();
            });
        }
    }

    /// <summary>
    /// A whole run on rows with classes, as many steps as the epochs have batches; returns the mean loss of the last epoch's steps.
    /// </summary>
    internal double WholeRun(DataSet rows, string net, int epochs, int batch, float rate)
    {
        using Sequential network = NetworkSpec.Parse(net).Build(device, Initialization.Uniform,
            new PhiloxStream(0, StreamPurpose.Initialization), new CrossEntropyLoss());
        int perEpoch = (rows.Count + batch - 1) / batch;
        Recipe recipe = Recipe.Of(network) with { Steps = epochs * perEpoch, Batch = batch, Optimizer = new() { LearningRate = rate } };
        using var trainer = new Trainer(network, rows, recipe, new TrainingOptions { SnapshotEvery = 0 });
        return trainer.Run().Losses[^perEpoch..].Average();
    }

    public void Dispose() => device.Dispose();
}
