using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Kernels.Networks;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Training;

/// <summary>Trains a network on a data set, in chunks of steps. After each chunk it looks for divergence and can be cancelled.</summary>
public sealed class Trainer : IDisposable
{
    readonly Sequential network;
    readonly Recipe recipe;
    readonly TrainingOptions options;
    readonly TrainingData data;
    readonly SnapshotStore snapshots;
    readonly ITrainingEngine engine;
    readonly int looksEvery;
    bool disposed;

    /// <summary>Prepares a run: uploads the data and allocates everything that the run needs.</summary>
    /// <param name="network">
    /// The network to train: one that <see cref="Recipe.Build"/> made, or any other, with <see cref="Recipe.Of"/>.
    /// </param>
    /// <param name="data">The data to train on.</param>
    /// <param name="recipe">How to train: loss, optimizer, batch, steps.</param>
    /// <param name="options">How the run is carried out.</param>
    /// <param name="picks">The rows of each step; by default drawn from all rows, by the recipe's seed.</param>
    /// <exception cref="ArgumentException">
    /// The recipe is for another network or loss; it does not suit the data; there are too few picks, or picks of rows that the data does
    /// not have; or the engine that was asked for does not take the network.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The network or its device was disposed.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left for the run.</exception>
    public Trainer(Sequential network, DataSet data, Recipe recipe, TrainingOptions? options = null, Picks? picks = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(recipe);
        (this.network, this.recipe, this.options) = (network, recipe, options ??= new TrainingOptions());
        recipe.Validate();
        options.Validate();
        using DeviceUse use = network.Device.Use();
        if (recipe.Net?.For(recipe.Loss) != network.Spec || recipe.Loss.Name != network.Loss.Name)
            throw new ArgumentException(
                $"the recipe is for {Text(recipe.Net, recipe.Loss)}, the network is {Text(network.Spec, network.Loss)}; "
                + "take Recipe.Of(network)", nameof(recipe));
        if (Recipe.WhyNot(network.Inputs, network.Outputs, network.Loss, data) is (_, string wrong))
            throw new ArgumentException(wrong, nameof(data));
        picks ??= Picks.Philox(recipe.Seed, data.Count);
        long taken = (long)recipe.Steps * recipe.Batch;
        if (picks.Count < taken)
            throw new ArgumentException(
                $"{recipe.Steps} steps of {recipe.Batch} take {taken} picks, there are {picks.Count}", nameof(picks));
        if (picks.Examples > data.Count)
            throw new ArgumentException(
                $"picks go up to row {picks.Examples - 1}, '{data.Name}' has rows 0 to {data.Count - 1}", nameof(picks));
        if (options.Validation is Validation validation)
        {
            looksEvery = validation.StepsBetweenLooks(picks.Examples, recipe.Batch);
            if (Recipe.WhyNot(network.Inputs, network.Outputs, network.Loss, validation.Data) is (_, string unfit))
                throw new ArgumentException($"the validation rows: {unfit}", nameof(options));
        }
        string? whyNot = FusedEngine.WhyNot(network, recipe);
        if (options.Engine == EngineChoice.Fused && whyNot is not null)
            throw new ArgumentException($"the fused engine cannot train this: {whyNot}", nameof(options));
        if (WeightedLabels.WhyNot(recipe, data) is string noWeights) throw new ArgumentException(noWeights, nameof(recipe));
        this.data = new TrainingData(network.Device, data, WeightedLabels.Of(recipe, data));
        snapshots = new SnapshotStore(network.Device, network.Arena.Length, options.SnapshotEvery, recipe.Steps);
        bool pays = FusedEngine.Pays(network.ParameterCount, recipe, network.Device.Description.IsGpu);
        bool fused = whyNot is null && (options.Engine == EngineChoice.Fused || (options.Engine == EngineChoice.Auto && pays));
        engine = fused
            ? new FusedEngine(network, this.data, picks, recipe, options, snapshots)
            : new LayerEngine(network, this.data, picks, recipe, snapshots);
        string size = $"{network.ParameterCount:N0} parameters at batch {recipe.Batch:N0}";
        EngineReason = options.Engine != EngineChoice.Auto ? "as asked"
            : whyNot ?? (pays
                ? $"{size} fit one group (up to {NetworkShape.MaxDepth} linear layers and {FusedEngine.MaxScratch:N0} floats), "
                    + "so the run is a launch or a few"
                : $"{size} are work enough to share out a layer at a time");
    }

    static string Text(NetworkSpec? net, Loss loss)
    {
        if (net is null) return $"one that no spec describes, with {loss.Name}";
        string activation = net.Depth > 1 ? $"{Activations.Names.Of(net.Activation)} " : "";
        return $"{net} {activation}{(net.For(loss).LinearOutput ? "with a linear output" : "with a sigmoid")} and {loss.Name}";
    }

    /// <summary>The engine's name: fused or layers.</summary>
    public string Engine => engine.Name;

    /// <summary>Why that engine trains.</summary>
    public string EngineReason { get; }

    /// <summary>Compiles everything that the run needs, so that the run spends its time on training alone.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="ObjectDisposedException">The trainer, its network or its device was disposed.</exception>
    public void WarmUp()
    {
        using DeviceUse use = Use();
        if (recipe.Steps > 0) engine.WarmUp();                    // it makes a step, and a run of no steps has no memory for one
        NewTrack()?.Compute();
    }

    /// <summary>Makes all steps.</summary>
    /// <param name="progress">Called after every chunk with the number of steps made and the last loss.</param>
    /// <param name="cancellation">Ends the run after the current chunk.</param>
    /// <returns>The losses, the snapshots, and why the run ended.</returns>
    /// <exception cref="DeviceException">The device failed, or its driver ended a launch early.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the device.</exception>
    /// <exception cref="ObjectDisposedException">The trainer, its network or its device was disposed.</exception>
    public TrainingResult Run(Action<int, float>? progress = null, CancellationToken cancellation = default) =>
        MakeSteps(made => progress?.Invoke(made.Steps, made.Loss), cancellation);

    /// <summary>Makes all steps.</summary>
    /// <param name="progress">Told after every chunk how far the run has come.</param>
    /// <param name="cancellation">Ends the run after the current chunk.</param>
    /// <returns>The losses, the snapshots, and why the run ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="progress"/> is null.</exception>
    /// <exception cref="DeviceException">The device failed, or its driver ended a launch early.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the device.</exception>
    /// <exception cref="ObjectDisposedException">The trainer, its network or its device was disposed.</exception>
    public TrainingResult Run(IProgress<TrainingProgress> progress, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return MakeSteps(progress.Report, cancellation);
    }

    TrainingResult MakeSteps(Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        using DeviceUse use = Use();
        ValidationTrack? track = NewTrack();
        var losses = new float[recipe.Steps];
        int done = 0;
        StopReason reason = StopReason.Completed;
        int? diverged = null;
        while (done < recipe.Steps && reason == StopReason.Completed)
        {
            int most = Math.Min(recipe.Steps - done, track?.StepsToNext(done) ?? int.MaxValue);
            Span<float> chunk = losses.AsSpan(done, engine.ChunkOf(most));
            engine.Run(done, chunk);
            diverged = DivergedStep(done, chunk);
            done = diverged + 1 ?? done + chunk.Length;
            bool isCancelled = done < recipe.Steps && cancellation.IsCancellationRequested;
            bool isEnough = diverged is null && track is not null && (isCancelled || track.IsDue(done, recipe.Steps)) && track.Look(done);
            progress(new TrainingProgress(done, losses[done - 1], track?.Losses is [.., ValidationLoss last] ? last : null));
            if (diverged is not null) reason = StopReason.Diverged;
            else if (isCancelled || (done < recipe.Steps && cancellation.IsCancellationRequested)) reason = StopReason.Cancelled;
            else if (isEnough && done < recipe.Steps) reason = StopReason.Patience;
        }
        if (done < losses.Length) Array.Resize(ref losses, done);
        int? restored = reason == StopReason.Diverged ? null : track?.RestoreBest();
        return new TrainingResult(losses, Snapshots(losses), reason, diverged)
        {
            Validation = track?.Losses ?? [],
            RestoredSteps = restored == done ? null : restored,
        };
    }

    ValidationTrack? NewTrack() => options.Validation is Validation validation ? new(network, validation, looksEvery) : null;

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

    /// <summary>Frees the memory of the run; the network stays.</summary>
    public void Dispose()
    {
        disposed = true;
        engine.Dispose();
        data.Dispose();
        snapshots.Dispose();
    }
}
