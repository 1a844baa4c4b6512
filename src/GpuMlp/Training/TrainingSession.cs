using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;

namespace GpuMlp.Training;

/// <summary>
/// A training without a planned end: it makes as many steps as it is asked for, then some more, and takes other settings between them.
/// Where nothing was changed, the steps end in the bits of a <see cref="Trainer"/> that makes them at once.
/// </summary>
public sealed class TrainingSession : IDisposable
{
    readonly Sequential network;
    readonly DataSet data;
    readonly TrainingOptions options;
    Trainer trainer;
    bool disposed;

    /// <summary>Prepares a training: uploads the data and allocates what it needs.</summary>
    /// <param name="network">The network to train; it stays when the session is disposed.</param>
    /// <param name="data">The data to train on.</param>
    /// <param name="recipe">How to train; its number of steps is not used.</param>
    /// <param name="engine">Which engine trains.</param>
    /// <exception cref="ArgumentException">
    /// The recipe is for another network or loss; it does not suit the data; or the engine that was asked for does not take the network.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The network or its device was disposed.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    public TrainingSession(Sequential network, DataSet data, Recipe recipe, EngineChoice engine = EngineChoice.Auto)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        options = new TrainingOptions { SnapshotEvery = 0, Engine = engine };
        trainer = new Trainer(network, data, Endless(recipe), options);
        (this.network, this.data, Recipe) = (network, data, recipe);
    }

    // a trainer goes on from a state of no more steps than its recipe has
    static Recipe Endless(Recipe recipe, int steps = 0) => recipe with { Steps = Math.Max(1, steps) };

    /// <summary>The settings by which the next steps are made.</summary>
    public Recipe Recipe { get; private set; }

    /// <summary>Steps made so far.</summary>
    public int Steps { get; private set; }

    /// <summary>Whether settings were changed after the first step: no one recipe then ends in these bits.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>The step whose loss, or after which a weight, was not finite; null if there is none. Nothing is trained after it.</summary>
    public int? DivergedStep { get; private set; }

    /// <summary>The engine's name: fused or layers.</summary>
    public string Engine => trainer.Engine;

    /// <summary>Why that engine trains.</summary>
    public string EngineReason => trainer.EngineReason;

    /// <summary>Compiles everything that the steps need.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="ObjectDisposedException">The session, its network or its device was disposed.</exception>
    public void WarmUp() => Alive().WarmUp();

    /// <summary>Makes some steps.</summary>
    /// <returns>The loss of each step; fewer than were asked for if the training diverged, none if it had diverged before.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is negative.</exception>
    /// <exception cref="DeviceException">The device failed, or its driver ended a launch early.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another thread is using the device, or they would be more steps than there may be.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The session, its network or its device was disposed.</exception>
    public float[] Train(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        Trainer alive = Alive();
        if (DivergedStep is not null || steps == 0) return [];
        TrainingResult result = alive.Advance(steps);
        Steps += result.Losses.Length;
        DivergedStep = result.DivergedStep;
        return result.Losses;
    }

    /// <summary>Takes other settings for the steps that follow; where it throws, the settings stay as they were.</summary>
    /// <param name="recipe">
    /// The settings: of the same network, loss, seed and kind of optimizer, whose state goes on.
    /// </param>
    /// <exception cref="ArgumentException">The recipe begins another training.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    /// <exception cref="ObjectDisposedException">The session, its network or its device was disposed.</exception>
    public void Change(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        Trainer old = Alive();
        recipe.Validate();
        if (WhyNot(recipe) is string why) throw new ArgumentException($"{why}: that is another training", nameof(recipe));
        TrainingState state = old.ReadState();
        int length = recipe.Optimizer.Rule.States * network.Arena.Length;
        if (state.Optimizer.Length != length) state = state with { Optimizer = new float[length] };    // plain descent has no memory
        var changed = new Trainer(network, data, Endless(recipe, Steps), options);
        try
        {
            changed.Continue(state);
            changed.Advance(0);                                    // takes the state over
        }
        catch
        {
            changed.Dispose();
            throw;
        }
        old.Dispose();
        (trainer, Recipe, IsChanged) = (changed, recipe, IsChanged || Steps > 0);
    }

    /// <summary>A snapshot: the parameters as they are, in the layout of the network's arena.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="ObjectDisposedException">The session, its network or its device was disposed.</exception>
    public float[] Snapshot() => Alive().ReadState().Parameters;

    string? WhyNot(Recipe other) =>
        other.Net is null || !other.Net.Equals(Recipe.Net) || other.Loss.Name != Recipe.Loss.Name ? "the network or its loss differs"
        : other.Seed != Recipe.Seed ? "the seed differs"
        : other.Optimizer.Kind != Recipe.Optimizer.Kind ? "the optimizer differs"
        : null;

    Trainer Alive()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return trainer;
    }

    /// <summary>Frees the memory of the training; the network stays.</summary>
    public void Dispose()
    {
        disposed = true;
        trainer.Dispose();
    }
}
