using GpuMlp.Training;

namespace GpuMlp.Cli.Compare;

/// <summary>Finds the first step whose update leaves two trainings with different weights.</summary>
/// <remarks>
/// Both are trained anew and looked at now and then. From the last look at which they were the same they are trained once more, and looked
/// at after every step.
/// </remarks>
/// <param name="one">Prepares one of them.</param>
/// <param name="other">Prepares the other.</param>
/// <param name="steps">How many steps they make.</param>
sealed class FirstDifference(Func<Watch, ITraining> one, Func<Watch, ITraining> other, int steps)
{
    const int Looks = 256;

    /// <summary>The step, from 0; null if the weights are the same at every look.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public int? Find(CancellationToken cancellation)
    {
        int every = Math.Max(1, steps / Looks);
        if (StepsMade(every, null, null, steps, cancellation) is not int differ) return null;
        int same = (differ - 1) / every * every;
        if (every == 1 || same == 0) return (every == 1 ? differ : StepsMade(1, null, null, differ, cancellation)) - 1;
        return StepsMade(1, StateAfter(same, one, cancellation), StateAfter(same, other, cancellation), differ, cancellation) - 1;
    }

    // after how many steps the weights first differ, at looks up to a last one
    int? StepsMade(int every, TrainingState? fromOne, TrainingState? fromOther, int last, CancellationToken cancellation)
    {
        var digests = new Dictionary<int, string>();
        Run(one, new Watch(every, fromOne, (made, network, _) =>
        {
            digests[made] = Weights.Of(network).Digest;
            return made < last;
        }), cancellation);
        int? differ = null;
        Run(other, new Watch(every, fromOther, (made, network, _) =>
        {
            if (digests.TryGetValue(made, out string? digest) && digest != Weights.Of(network).Digest) differ = made;
            return differ is null && made < last;
        }), cancellation);
        return differ;
    }

    static TrainingState? StateAfter(int steps, Func<Watch, ITraining> prepare, CancellationToken cancellation)
    {
        TrainingState? found = null;
        Run(prepare, new Watch(steps, null, (_, _, state) =>
        {
            found = state;
            return false;
        }), cancellation);
        return found;
    }

    static void Run(Func<Watch, ITraining> prepare, Watch watch, CancellationToken cancellation)
    {
        using ITraining training = prepare(watch);
        training.Run((_, _) => { }, cancellation);
        cancellation.ThrowIfCancellationRequested();
    }
}
