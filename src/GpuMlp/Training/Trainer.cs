using System.Diagnostics;
using System.Runtime.CompilerServices;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Kernels.Networks;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Training;

/// <summary>Trains a network on a data set, in chunks of steps. After each chunk it looks for divergence and can be cancelled.</summary>
public sealed partial class Trainer : IDisposable
{
    readonly Sequential network;
    readonly Recipe recipe;
    readonly TrainingOptions options;
    readonly TrainingData data;
    readonly SnapshotStore snapshots;
    readonly ITrainingEngine engine;
    readonly int looksEvery;
    readonly Picks picks;
    readonly List<Snapshot> taken = [];
    TrainingState? continued;
    int made, goal;
    bool hasRun, disposed;

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
        (this.picks, goal) = (picks, recipe.Steps);
        this.data = new TrainingData(network.Device, data, WeightedLabels.Of(recipe, data));
        snapshots = new SnapshotStore(network.Device, network.Arena.Length, options.SnapshotEvery, recipe.Steps);
        bool pays = FusedEngine.Pays(network.ParameterCount, recipe, network.Device.Description.IsGpu);
        bool fused = whyNot is null && (options.Engine == EngineChoice.Fused || (options.Engine == EngineChoice.Auto && pays));
        engine = fused
            ? new FusedEngine(network, this.data, picks, recipe, options, snapshots)
            : new LayerEngine(network, this.data, picks, recipe, snapshots);
        string size = $"{network.ParameterCount:N0} parameters at batch {recipe.Batch:N0}";
        string reason = options.Engine != EngineChoice.Auto ? "as asked"
            : whyNot ?? (pays
                ? $"{size} fit one group (up to {NetworkShape.MaxDepth} linear layers and {FusedEngine.MaxScratch:N0} floats), "
                    + "so the run is a launch or a few"
                : $"{size} are work enough to share out a layer at a time");
        EngineReason = engine is FusedEngine { Note: string note } ? $"{reason}; {note}" : reason;
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
        if (recipe.Steps > 0)                                     // it makes a step, and a run of no steps has no memory for one
        {
            float[] state = engine.ReadState();
            engine.WarmUp();
            if (made > 0) engine.WriteState(state, made);
        }
        NewTrack()?.Compute();
    }

    /// <summary>
    /// Makes the recipe's steps, or those that are left of them. A run after that makes as many steps again, and the two are as one longer
    /// run.
    /// </summary>
    /// <param name="progress">Called after every chunk with the number of steps made and the last loss.</param>
    /// <param name="cancellation">Ends the run after the current chunk.</param>
    /// <returns>The losses, the snapshots, and why the run ended.</returns>
    /// <exception cref="DeviceException">The device failed, or its driver ended a launch early.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another thread is using the device; or it is a second run, and there are too few picks for it.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The trainer, its network or its device was disposed.</exception>
    public TrainingResult Run(Action<int, float>? progress = null, CancellationToken cancellation = default) =>
        MakeSteps(made => progress?.Invoke(made.Steps, made.Loss), cancellation);

    /// <summary>
    /// Makes the recipe's steps, or those that are left of them. A run after that makes as many steps again, and the two are as one longer
    /// run.
    /// </summary>
    /// <param name="progress">Told after every chunk how far the run has come.</param>
    /// <param name="cancellation">Ends the run after the current chunk.</param>
    /// <returns>The losses, the snapshots, and why the run ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="progress"/> is null.</exception>
    /// <exception cref="DeviceException">The device failed, or its driver ended a launch early.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another thread is using the device; or it is a second run, and there are too few picks for it.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The trainer, its network or its device was disposed.</exception>
    public TrainingResult Run(IProgress<TrainingProgress> progress, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return MakeSteps(progress.Report, cancellation);
    }

    /// <summary>Makes steps and no more, whatever the recipe's steps are; the next run goes on from there.</summary>
    internal TrainingResult Advance(int steps)
    {
        using DeviceUse use = Use();
        return MakeSteps(Goal((long)made + steps), _ => { }, default);
    }

    TrainingResult MakeSteps(Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        using DeviceUse use = Use();
        return MakeSteps(Goal(hasRun && made >= goal ? (long)goal + recipe.Steps : goal), progress, cancellation);
    }

    TrainingResult MakeSteps(int to, Action<TrainingProgress> progress, CancellationToken cancellation)
    {
        goal = to;
        hasRun = true;
        snapshots.Reserve(goal);
        taken.Clear();
        ValidationTrack? track = Begin();
        int first = made;
        var losses = new float[goal - first];
        long saved = Stopwatch.GetTimestamp();
        StopReason reason = made < goal && track is { IsAtItsEnd: true } ? StopReason.Patience : StopReason.Completed;
        int? diverged = null;
        while (made < goal && reason == StopReason.Completed)
        {
            int most = Math.Min(Math.Min(goal - made, track?.StepsToNext(made) ?? int.MaxValue), StepsToSave());
            Span<float> chunk = losses.AsSpan(made - first, engine.ChunkOf(most));
            engine.Run(made, chunk);
            diverged = DivergedStep(made, chunk);
            made = diverged + 1 ?? made + chunk.Length;
            bool isEnough = diverged is null && track is not null && track.IsDue(made) && track.Look(made);
            progress(new TrainingProgress(made, losses[made - first - 1], track?.Losses is [.., ValidationLoss last] ? last : null));
            if (diverged is not null) reason = StopReason.Diverged;
            else if (made < goal && isEnough) reason = StopReason.Patience;
            else if (made < goal && cancellation.IsCancellationRequested) reason = StopReason.Cancelled;
            else if (made < goal && IsTimeToSave(saved))
            {
                Save(first, losses, track);
                saved = Stopwatch.GetTimestamp();
            }
        }
        Take(first, losses);
        if (reason != StopReason.Diverged) Save(first, losses, track);
        if (made - first < losses.Length) Array.Resize(ref losses, made - first);
        int? restored = reason == StopReason.Diverged || track is null ? null : End(track);
        if (options.SnapshotEvery > 0) taken.Add(new Snapshot(made, losses.Length > 0 ? losses[^1] : float.NaN, Parameters()));
        return new TrainingResult(losses, [.. taken], reason, diverged)
        {
            FirstStep = first,
            Validation = track?.Losses ?? [],
            RestoredSteps = restored == made ? null : restored,
        };
    }

    int Goal(long steps)
    {
        if (steps > int.MaxValue) throw new InvalidOperationException($"{steps:N0} steps are more than {int.MaxValue:N0}");
        if (picks.Count < steps * recipe.Batch)
            throw new InvalidOperationException(
                $"{steps:N0} steps of {recipe.Batch} take {steps * recipe.Batch:N0} picks, there are {picks.Count:N0}");
        return (int)steps;
    }

    ValidationTrack? NewTrack() => options.Validation is Validation validation ? new(network, validation, looksEvery) : null;

    DeviceUse Use()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return network.Device.Use();
    }

    float[] Parameters()
    {
        var parameters = new float[network.Arena.Length];
        network.Device.CopyToHost(network.Arena.Values, parameters);
        return parameters;
    }

    int? DivergedStep(int first, ReadOnlySpan<float> losses)
    {
        int loss = NotFinite(losses);
        if (loss >= 0) return first + loss;
        return NotFinite(Parameters()) < 0 ? null : first + losses.Length - 1;
    }

    // compiled once: a run's first chunk is all of a short run
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int NotFinite(ReadOnlySpan<float> values)
    {
        for (int k = 0; k < values.Length; k++)
            if (!float.IsFinite(values[k])) return k;
        return -1;
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
