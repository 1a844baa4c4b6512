using System.Diagnostics;
using GpuMlp.Devices;

namespace GpuMlp.Training;

// The state of a training: read, gone on from, and saved while it runs.
public sealed partial class Trainer
{
    /// <summary>The state as it is now, for a trainer with the same recipe and data to go on from.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="ObjectDisposedException">The trainer, its network or its device was disposed.</exception>
    public TrainingState ReadState()
    {
        using DeviceUse use = Use();
        return continued ?? StateOf(null);
    }

    TrainingState StateOf(ValidationTrack? track) =>
        new(made, Parameters(), engine.ReadState())
        {
            Network = Text(network.Spec, network.Loss),
            Validation = [.. track?.Losses ?? []],
            Best = track?.Best,
        };

    /// <summary>Goes on from a state: the next run makes the steps that are left of the recipe's.</summary>
    /// <param name="state">The state of a run with the same recipe and data; the recipe's steps may be more.</param>
    /// <exception cref="ArgumentException">The state is of another network or optimizer, or has more steps than the recipe.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="state"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The trainer, its network or its device was disposed.</exception>
    public void Continue(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using DeviceUse use = Use();
        if (state.Parameters is null || state.Optimizer is null || state.Validation is null)
            throw new ArgumentException("a part of the state is null", nameof(state));
        if (state.Network is string of && of != Text(network.Spec, network.Loss))
            throw new ArgumentException($"the state is of {of}, the network is {Text(network.Spec, network.Loss)}", nameof(state));
        int length = network.Arena.Length, states = recipe.Optimizer.Rule.States * length;
        if (state.Parameters.Length != length || (state.Best is not null && state.Best.Length != length))
            throw new ArgumentException($"the state has {state.Parameters.Length:N0} parameters, the network {length:N0}", nameof(state));
        if (state.Optimizer.Length != states)
            throw new ArgumentException(
                $"the state has {state.Optimizer.Length:N0} numbers of an optimizer, the recipe's optimizer {states:N0}", nameof(state));
        if (state.Steps < 0 || state.Steps > recipe.Steps)
            throw new ArgumentException($"the state is after {state.Steps:N0} steps, the recipe has {recipe.Steps:N0}", nameof(state));
        (continued, made, goal, hasRun) = (state, state.Steps, recipe.Steps, false);
    }

    ValidationTrack? Begin()
    {
        ValidationTrack? track = NewTrack();
        if (continued is not TrainingState state) return track;
        network.LoadParameters(state.Parameters);
        engine.WriteState(state.Optimizer, state.Steps);
        track?.Continue(state.Validation, state.Best);
        continued = null;
        return track;
    }

    // a look at the end, and the weights of the best one; a run that goes on has made neither
    int? End(ValidationTrack track)
    {
        continued = StateOf(track);
        if (made > 0 && !track.HasLooked(made)) track.Look(made);
        return track.RestoreBest();
    }

    int StepsToSave() => options.Checkpoints?.Steps is int every ? every - made % every : int.MaxValue;

    bool IsTimeToSave(long saved) => options.Checkpoints is Checkpointing plan
        && ((plan.Steps is int every && made % every == 0) || (plan.Time is TimeSpan time && Stopwatch.GetElapsedTime(saved) >= time));

    void Save(int first, float[] losses, ValidationTrack? track)
    {
        if (options.Checkpoints is not Checkpointing plan) return;
        Take(first, losses);
        plan.Save(new Checkpoint(StateOf(track), first, losses.AsMemory(0, made - first), [.. taken]));
    }

    // reads the snapshots that were taken since the last time
    void Take(int first, float[] losses)
    {
        int every = options.SnapshotEvery;
        if (every == 0) return;
        long step = taken.Count > 0 ? (long)taken[^1].Step + every : ((long)first + every - 1) / every * every;
        for (; step < made; step += every)
            taken.Add(new Snapshot((int)step, losses[(int)step - first], snapshots.Read((int)(step / every))));
    }
}
