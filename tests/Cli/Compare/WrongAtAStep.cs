using GpuMlp.Cli.Compare;
using GpuMlp.Cli.Input;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Training;

namespace GpuMlp.Tests.Cli.Compare;

/// <summary>A training as by a faulty device: at one step it trains on another row, and everything after that is different.</summary>
sealed class WrongAtAStep : ITraining
{
    readonly Trainer trainer;
    readonly CancellationTokenSource enough = new();

    internal WrongAtAStep(ComputeDevice device, TrainInput input, int? wrongStep, Watch? watch)
    {
        Network = input.Recipe.Build(device);
        int[] rows = [.. Enumerable.Range(0, input.Recipe.Steps).Select(step => step % input.Data.Count)];
        if (wrongStep is int wrong) rows[wrong] = (rows[wrong] + 1) % input.Data.Count;
        var options = new TrainingOptions
        {
            SnapshotEvery = 0,
            Checkpoints = watch is null ? null : new Checkpointing(at =>
            {
                if (!enough.IsCancellationRequested && !watch.Look(at.State.Steps, Network, at.State)) enough.Cancel();
            })
            { Steps = watch.Every },
        };
        trainer = new Trainer(Network, input.Data, input.Recipe, options, Picks.Fixed(rows));
        if (watch?.From is TrainingState state) trainer.Continue(state);
    }

    public Sequential Network { get; }

    public void WarmUp() => trainer.WarmUp();

    public Made Run(Action<int, float> progress, CancellationToken cancellation)
    {
        TrainingResult result = trainer.Run(progress, enough.Token);
        return new(result.Losses, result.StopReason, result.DivergedStep);
    }

    public void Dispose()
    {
        trainer.Dispose();
        Network.Dispose();
        enough.Dispose();
    }
}
