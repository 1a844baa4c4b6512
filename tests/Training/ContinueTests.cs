using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>A training that stops and goes on ends in the bits of one that never stopped, whatever it goes on with.</summary>
public class ContinueTests
{
    static readonly DataSet Moons = DataSets.MakeMoons(200, noise: 0.1, seed: 3);
    static readonly string[] Nets = ["2-5-1", "2-9-4-1", "2-1"];

    [Fact]
    public void AtAnyStepInAnyEngineOnAnyLanes()
    {
        var random = new Random(7);
        int triples = Environment.GetEnvironmentVariable("GPUMLP_SOAK") == "1" ? 200 : 24;
        for (int k = 0; k < triples; k++)
        {
            Run run = Run.Drawn(random);
            int stop = random.Next(run.Steps + 1);
            (EngineChoice First, EngineChoice Second) engines = (Engine(random), Engine(random));
            TrainingState state;
            float[] losses;
            using (var part = new Session(run with { Steps = stop }, ComputeDevice.OpenCpu(16, 1), engines.First))
            {
                if (random.Next(2) == 0) part.Trainer.WarmUp();
                TrainingResult first = part.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
                (state, losses) = (part.Saved!.State, first.Losses);
            }
            using var rest = new Session(run, ComputeDevice.OpenCpu(random.Next(2) == 0 ? 8 : 1, 2), engines.Second);
            rest.Trainer.Continue(state);
            if (random.Next(2) == 0) rest.Trainer.WarmUp();
            TrainingResult second = rest.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
            Assert.Equal((stop, run.Steps), (second.FirstStep, second.Steps));
            HoldTo(run, [.. losses, .. second.Losses], rest.Parameters, $"{run}, {stop}, {engines}");
        }
    }

    [Fact]
    public void OnADriversDevice()
    {
        using ComputeDevice device = DriverDevice.Open();
        var run = new Run("2-5-1", new() { Kind = OptimizerKind.Adam, LearningRate = 0.01f }, 30, 1);
        using var whole = new Session(run, ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused);
        whole.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
        foreach (EngineChoice engine in (EngineChoice[])[EngineChoice.Fused, EngineChoice.Layers])
        {
            using var part = new Session(run with { Steps = 11 }, ComputeDevice.OpenCpu(16, 1), EngineChoice.Layers);
            part.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
            using var rest = new Session(run, device, engine, owned: false);
            rest.Trainer.Continue(part.Saved!.State);
            rest.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
            Results.Check(device, whole.Parameters, rest.Parameters);
        }
    }

    [Theory]
    [InlineData(EngineChoice.Fused)]
    [InlineData(EngineChoice.Layers)]
    public void TwoRunsAreOneOfTwiceTheSteps(EngineChoice engine)
    {
        var random = new Random(9);
        foreach (OptimizerKind kind in Enum.GetValues<OptimizerKind>())
        {
            Run run = Run.Drawn(random) with { Optimizer = new() { Kind = kind, LearningRate = 0.01f } };
            using var twice = new Session(run, ComputeDevice.OpenCpu(16, 1), engine);
            TrainingResult first = twice.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
            TrainingResult second = twice.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
            Assert.Equal((0, run.Steps), (first.FirstStep, second.FirstStep));
            HoldTo(run with { Steps = 2 * run.Steps }, [.. first.Losses, .. second.Losses], twice.Parameters, $"{run}");
        }
    }

    [Fact]
    public void APatienceGoesOn()
    {
        Validation looks = new(Moons) { Every = 10, Patience = 2, MinDelta = 0.05 };
        var run = new Run("2-5-1", new() { LearningRate = 0.05f }, 400, 1, looks);
        using var whole = new Session(run, ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused);
        TrainingResult wanted = whole.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(StopReason.Patience, wanted.StopReason);
        foreach (int stop in (int[])[1, 20, wanted.Steps - 1])
        {
            using var part = new Session(run with { Steps = stop }, ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused);
            part.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
            using var rest = new Session(run, ComputeDevice.OpenCpu(16, 1), EngineChoice.Layers);
            rest.Trainer.Continue(part.Saved!.State);
            TrainingResult second = rest.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(wanted.StopReason, second.StopReason);
            Assert.Equal(whole.Parameters, rest.Parameters);
            Assert.Equal(wanted.Validation, second.Validation);
        }
    }

    [Fact]
    public void AStateOfAnotherRunIsRefused()
    {
        var run = new Run("2-5-1", new() { Kind = OptimizerKind.Adam }, 10, 1);
        using var session = new Session(run, ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused);
        session.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
        TrainingState state = session.Saved!.State;
        foreach (TrainingState wrong in (TrainingState[])[
            state with { Parameters = new float[1] }, state with { Optimizer = [] }, state with { Steps = 11 }, state with { Best = [] }])
            Assert.Throws<ArgumentException>(() => session.Trainer.Continue(wrong));
        Assert.Throws<ArgumentNullException>(() => session.Trainer.Continue(null!));
    }

    static EngineChoice Engine(Random random) => random.Next(2) == 0 ? EngineChoice.Fused : EngineChoice.Layers;

    static void HoldTo(Run run, float[] losses, float[] parameters, string what)
    {
        using var whole = new Session(run, ComputeDevice.OpenCpu(16, 1), EngineChoice.Fused);
        TrainingResult wanted = whole.Trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.True(wanted.Losses.AsSpan().SequenceEqual(losses), what);
        Assert.True(whole.Parameters.AsSpan().SequenceEqual(parameters), what);
    }

    sealed record Run(string Net, OptimizerSpec Optimizer, int Steps, int Batch, Validation? Validation = null)
    {
        internal static Run Drawn(Random random) => new(
            Nets[random.Next(Nets.Length)],
            new()
            {
                Kind = (OptimizerKind)random.Next(Enum.GetValues<OptimizerKind>().Length),
                LearningRate = 0.01f,
                ClipNorm = random.Next(3) == 0 ? 1 : null,
            },
            random.Next(1, 90), random.Next(3) == 0 ? 5 : 1);
    }

    sealed class Session : IDisposable
    {
        readonly ComputeDevice device;
        readonly Sequential network;
        readonly bool owned;

        internal Session(Run run, ComputeDevice device, EngineChoice engine, bool owned = true)
        {
            (this.device, this.owned) = (device, owned);
            network = NetworkSpec.Parse(run.Net).Build(
                device, Initialization.Auto, new PhiloxStream(5, StreamPurpose.Initialization), new BceLoss());
            Recipe recipe = Recipe.Of(network) with { Steps = run.Steps, Batch = run.Batch, Seed = 4, Optimizer = run.Optimizer };
            var options = new TrainingOptions
            {
                SnapshotEvery = 0,
                Engine = engine,
                Validation = run.Validation,
                Checkpoints = new Checkpointing(checkpoint => Saved = checkpoint) { Steps = 7 },
            };
            Trainer = new Trainer(network, Moons, recipe, options);
        }

        internal Trainer Trainer { get; }

        internal Checkpoint? Saved { get; private set; }

        internal float[] Parameters
        {
            get
            {
                var values = new float[network.Arena.Length];
                device.CopyToHost(network.Arena.Values, values);
                return values;
            }
        }

        public void Dispose()
        {
            Trainer.Dispose();
            network.Dispose();
            if (owned) device.Dispose();
        }
    }
}
