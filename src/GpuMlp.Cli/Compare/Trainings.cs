using GpuMlp.Autograd;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Samples;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Training;

namespace GpuMlp.Cli.Compare;

/// <summary>Prepares one recipe's training on any device, by any engine.</summary>
sealed class Trainings(TrainConfig config, TrainInput input)
{
    public const string Fused = "fused", LayerByLayer = "layers", Modules = "modules";

    /// <summary>The engines that there are.</summary>
    public static IReadOnlyList<string> Engines { get; } = [Fused, LayerByLayer, Modules];

    /// <summary>Prepares a training.</summary>
    /// <param name="device">An open device.</param>
    /// <param name="engine">One of <see cref="Engines"/>.</param>
    /// <param name="watch">Who looks at it while it runs; null for nobody.</param>
    /// <exception cref="ArgumentException">The engine does not take the recipe; the message says why.</exception>
    public ITraining Prepare(ComputeDevice device, string engine, Watch? watch = null)
    {
        RandomStream weights = Weights();
        if (engine == Modules)
            return ModulesSample.WhyNot(config) is var (option, _)
                ? throw new ArgumentException($"the modules are the tutorial's sample, which has another --{option}")
                : new ModulesTraining(device, config, input, weights, watch);
        Sequential network = input.Recipe.Build(device, weights);
        try
        {
            return new EngineTraining(network, config, input, engine == Fused ? EngineChoice.Fused : EngineChoice.Layers, weights, watch);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    // NumPy's one stream draws the data first
    RandomStream Weights()
    {
        (RandomStream points, RandomStream weights) = TrainData.Streams(config);
        if (config.Rng == RandomSource.Numpy) TrainInput.Load(config, points);
        return weights;
    }

    sealed class EngineTraining : ITraining
    {
        readonly Trainer trainer;
        readonly CancellationTokenSource enough = new();

        public EngineTraining(
            Sequential network, TrainConfig config, TrainInput input, EngineChoice engine, RandomStream weights, Watch? watch)
        {
            Network = network;
            var options = new TrainingOptions
            {
                SnapshotEvery = 0,
                Engine = engine,
                Validation = input.Validation(config),
                Checkpoints = watch is null ? null : new Checkpointing(checkpoint => Look(watch, checkpoint.State)) { Steps = watch.Every },
            };
            trainer = new Trainer(network, input.Data, input.Recipe, options, TrainData.Picks(config, input.Data.Count, weights));
            if (watch?.From is TrainingState state) trainer.Continue(state);
        }

        public Sequential Network { get; }

        // a run that ends is looked at once more, which nobody asked for
        void Look(Watch watch, TrainingState state)
        {
            if (!enough.IsCancellationRequested && !watch.Look(state.Steps, Network, state)) enough.Cancel();
        }

        public void WarmUp() => trainer.WarmUp();

        public Made Run(Action<int, float> progress, CancellationToken cancellation)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, enough.Token);
            TrainingResult result = trainer.Run(progress, either.Token);
            return new(result.Losses, result.StopReason, result.DivergedStep);
        }

        public void Dispose()
        {
            trainer.Dispose();
            Network.Dispose();
            enough.Dispose();
        }
    }

    sealed class ModulesTraining(ComputeDevice device, TrainConfig config, TrainInput input, RandomStream weights, Watch? watch) : ITraining
    {
        const int StepsPerReport = 64;

        public Sequential Network { get; } = ModulesTutorial.Network(device, weights);

        // a step on another network, since the tape compiles a kernel when it first needs it
        public void WarmUp()
        {
            using Sequential other = ModulesTutorial.Network(device, new PhiloxStream(config.Seed, StreamPurpose.Initialization));
            ModulesTutorial.Train(other, input.Data, () => 0, Math.Min(1, config.Steps), config.Lr, (_, _) => true);
            device.Synchronize();
        }

        public Made Run(Action<int, float> progress, CancellationToken cancellation)
        {
            int first = watch?.From?.Steps ?? 0;
            bool isEnough = false;
            float[] losses = ModulesTutorial.Train(Network, input.Data, ModulesSample.Picks(config, input.Data.Count, weights),
                config.Steps, config.Lr, (step, loss) =>
                {
                    int made = step + 1;
                    if (made % StepsPerReport == 0) progress(made, loss);
                    if (watch is not null && made > first && (made % watch.Every == 0 || made == config.Steps))
                        isEnough = !watch.Look(made, Network, null);
                    return float.IsFinite(loss) && !isEnough && !cancellation.IsCancellationRequested;
                });
            device.Synchronize();
            int? diverged = losses is [.., var last] && !float.IsFinite(last) ? losses.Length - 1 : null;
            return new(losses, diverged is not null ? StopReason.Diverged
                : losses.Length < config.Steps ? StopReason.Cancelled : StopReason.Completed, diverged);
        }

        public void Dispose() => Network.Dispose();
    }
}
