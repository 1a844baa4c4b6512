using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
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

    public void Dispose() => device.Dispose();
}
