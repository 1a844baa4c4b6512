using GpuMlp.Data;
using GpuMlp.Layers;

namespace GpuMlp.Training;

/// <summary>Trains a network on a data set, in chunks between which it takes snapshots, sees divergence and can be cancelled.</summary>
public sealed class Trainer : IDisposable
{
    readonly Sequential network;
    readonly TrainingOptions options;
    readonly TrainingData data;
    readonly ITrainingEngine engine;

    /// <summary>Prepares a run: uploads the data, allocates all that the run needs.</summary>
    /// <exception cref="ArgumentException">The data has other than the network's number of features, or a label outside {0, 1}; or fixed picks are too few.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Trainer(Sequential network, DataSet data, Picks picks, TrainingOptions options)
    {
        options.Validate();
        if (data.Features != network.Inputs)
            throw new ArgumentException($"the network takes {network.Inputs} inputs, the data has {data.Features} features", nameof(data));
        int wrong = Array.FindIndex(data.Labels, y => y is not (0f or 1f));
        if (wrong >= 0) throw new ArgumentException($"{network.Loss.Name} takes labels 0 and 1, row {wrong} has {data.Labels[wrong]:R}", nameof(data));
        if (picks.Count < (long)options.Steps * options.Batch)
            throw new ArgumentException($"{options.Steps} steps of {options.Batch} take {(long)options.Steps * options.Batch} picks, there are {picks.Count}", nameof(picks));
        (this.network, this.options) = (network, options);
        this.data = new TrainingData(network.Device, data);
        engine = new LayerEngine(network, this.data, picks, options);
    }

    /// <summary>The engine's name: layers.</summary>
    public string Engine => engine.Name;

    /// <summary>Compiles all that the run needs, so that <see cref="Run"/> is training alone.</summary>
    public void WarmUp() => engine.WarmUp();

    /// <summary>Makes all steps.</summary>
    /// <param name="progress">Told the steps made and the last loss after every chunk.</param>
    /// <param name="cancellation">Ends the run after the current chunk.</param>
    public TrainingResult Run(Action<int, float>? progress = null, CancellationToken cancellation = default)
    {
        var losses = new float[options.Steps];
        var snapshots = new List<Snapshot>();
        int done = 0;
        StopReason reason = StopReason.Completed;
        int? diverged = null;
        while (done < options.Steps && reason == StopReason.Completed)
        {
            int count = Math.Min(engine.MaxSteps, NextSnapshot(done) + 1 - done);
            Span<float> chunk = losses.AsSpan(done, count);
            engine.Run(done, chunk);
            diverged = DivergedStep(done, chunk);
            if (diverged is int step) (reason, count) = (StopReason.Diverged, step + 1 - done);
            done += count;
            if (reason == StopReason.Completed && SnapshotAfter(done - 1)) snapshots.Add(Take(done - 1, losses[done - 1]));
            progress?.Invoke(done, losses[done - 1]);
            if (reason == StopReason.Completed && done < options.Steps && cancellation.IsCancellationRequested) reason = StopReason.Cancelled;
        }
        if (done < losses.Length) Array.Resize(ref losses, done);
        if (options.SnapshotEvery > 0) snapshots.Add(Take(done, done > 0 ? losses[^1] : float.NaN));
        return new TrainingResult(losses, snapshots, reason, diverged);
    }

    bool SnapshotAfter(int step) => options.SnapshotEvery > 0 && step % options.SnapshotEvery == 0;

    // the last step before which the run must pause: the next one that a snapshot follows, or the end
    int NextSnapshot(int step)
    {
        if (options.SnapshotEvery == 0) return options.Steps - 1;
        long next = (step + options.SnapshotEvery - 1L) / options.SnapshotEvery * options.SnapshotEvery;
        return (int)Math.Min(next, options.Steps - 1);
    }

    Snapshot Take(int step, float loss) => new(step, loss, Parameters());

    float[] Parameters()
    {
        var parameters = new float[network.Arena.Length];
        network.Device.CopyToHost(network.Arena.Values, parameters);
        return parameters;
    }

    int? DivergedStep(int first, ReadOnlySpan<float> losses)
    {
        for (int k = 0; k < losses.Length; k++)
            if (!float.IsFinite(losses[k])) return first + k;
        return Parameters().All(float.IsFinite) ? null : first + losses.Length - 1;
    }

    /// <summary>Frees what the run used; the network stays.</summary>
    public void Dispose()
    {
        engine.Dispose();
        data.Dispose();
    }
}
