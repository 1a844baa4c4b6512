using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Kernels.Networks;
using GpuMlp.Layers;

namespace GpuMlp.Training;

/// <summary>Trains a network on a data set, in chunks between which it takes snapshots, sees divergence and can be cancelled.</summary>
public sealed class Trainer : IDisposable
{
    readonly Sequential network;
    readonly TrainingOptions options;
    readonly TrainingData data;
    readonly SnapshotStore snapshots;
    readonly ITrainingEngine engine;
    bool disposed;

    /// <summary>Prepares a run: uploads the data, allocates all that the run needs.</summary>
    /// <exception cref="ArgumentException">
    /// The data has other than the network's number of features, or a label that the loss does not take; or picks are too few, or are rows
    /// that the data has not.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The network or its device was disposed.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has not the memory that the run takes.</exception>
    public Trainer(Sequential network, DataSet data, Picks picks, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(picks);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using DeviceUse use = network.Device.Use();
        if (data.Features != network.Inputs)
            throw new ArgumentException($"the network takes {network.Inputs} inputs, the data has {data.Features} features", nameof(data));
        network.Loss.RequireLabels(data.Labels, network.Outputs);
        if (picks.Count < (long)options.Steps * options.Batch)
            throw new ArgumentException($"{options.Steps} steps of {options.Batch} take {(long)options.Steps * options.Batch} picks, there are {picks.Count}", nameof(picks));
        if (picks.Examples > data.Count)
            throw new ArgumentException($"picks go up to row {picks.Examples - 1}, '{data.Name}' has rows 0 to {data.Count - 1}", nameof(picks));
        (this.network, this.options) = (network, options);
        this.data = new TrainingData(network.Device, data);
        snapshots = new SnapshotStore(network.Device, network.Arena.Length, options);
        string? whyNot = FusedEngine.WhyNot(network, options);
        if (options.Engine == EngineChoice.Fused && whyNot is not null)
            throw new ArgumentException($"the fused engine cannot train this: {whyNot}", nameof(options));
        bool pays = FusedEngine.Pays(network, options);
        bool fused = whyNot is null && (options.Engine == EngineChoice.Fused || (options.Engine == EngineChoice.Auto && pays));
        engine = fused ? new FusedEngine(network, this.data, picks, options, snapshots) : new LayerEngine(network, this.data, picks, options, snapshots);
        EngineReason = options.Engine != EngineChoice.Auto ? "as asked"
            : whyNot ?? (pays
                ? $"{network.ParameterCount:N0} parameters at batch {options.Batch:N0} fit one group (up to {NetworkShape.MaxDepth} linear layers and {FusedEngine.MaxScratch:N0} floats), so the run is a launch or a few"
                : $"{network.ParameterCount:N0} parameters at batch {options.Batch:N0} are work enough to share out a layer at a time");
    }

    /// <summary>The engine's name: fused or layers.</summary>
    public string Engine => engine.Name;

    /// <summary>Why that engine.</summary>
    public string EngineReason { get; }

    /// <summary>Compiles all that the run needs, so that <see cref="Run"/> is training alone.</summary>
    /// <exception cref="ObjectDisposedException">The trainer, its network or its device was disposed.</exception>
    public void WarmUp()
    {
        using DeviceUse use = Use();
        if (options.Steps > 0) engine.WarmUp();                    // it makes a step, for which a run of none has no room
    }

    /// <summary>Makes all steps.</summary>
    /// <param name="progress">Told the steps made and the last loss after every chunk.</param>
    /// <param name="cancellation">Ends the run after the current chunk.</param>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="ObjectDisposedException">The trainer, its network or its device was disposed.</exception>
    public TrainingResult Run(Action<int, float>? progress = null, CancellationToken cancellation = default)
    {
        using DeviceUse use = Use();
        var losses = new float[options.Steps];
        int done = 0;
        StopReason reason = StopReason.Completed;
        int? diverged = null;
        while (done < options.Steps && reason == StopReason.Completed)
        {
            Span<float> chunk = losses.AsSpan(done, engine.ChunkOf(options.Steps - done));
            engine.Run(done, chunk);
            diverged = DivergedStep(done, chunk);
            done = diverged + 1 ?? done + chunk.Length;
            progress?.Invoke(done, losses[done - 1]);
            if (diverged is not null) reason = StopReason.Diverged;
            else if (done < options.Steps && cancellation.IsCancellationRequested) reason = StopReason.Cancelled;
        }
        if (done < losses.Length) Array.Resize(ref losses, done);
        return new TrainingResult(losses, Snapshots(losses), reason, diverged);
    }

    DeviceUse Use()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return network.Device.Use();
    }

    List<Snapshot> Snapshots(float[] losses)
    {
        var taken = new List<Snapshot>();
        if (options.SnapshotEvery == 0) return taken;
        for (int step = 0; step < losses.Length; step += options.SnapshotEvery)
            taken.Add(new Snapshot(step, losses[step], snapshots.Read(step / options.SnapshotEvery)));
        taken.Add(new Snapshot(losses.Length, losses.Length > 0 ? losses[^1] : float.NaN, Parameters()));
        return taken;
    }

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
        disposed = true;
        engine.Dispose();
        data.Dispose();
        snapshots.Dispose();
    }
}
