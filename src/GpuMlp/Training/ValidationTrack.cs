using GpuMlp.Layers;

namespace GpuMlp.Training;

/// <summary>Looks at the validation loss while a run goes on, and with a patience keeps the parameters of the best look.</summary>
/// <param name="network">The network that is trained.</param>
/// <param name="validation">What to look at.</param>
/// <param name="every">Steps from one look to the next.</param>
sealed class ValidationTrack(Sequential network, Validation validation, int every)
{
    readonly List<ValidationLoss> losses = [];
    float[]? best;
    ValidationLoss lowest = new(0, double.PositiveInfinity);
    int looksWithoutAnImprovement;

    internal IReadOnlyList<ValidationLoss> Losses => losses;

    /// <summary>How many steps there are to make before the next look.</summary>
    internal int StepsToNext(int made) => every - made % every;

    /// <summary>Whether to look after that many steps, whatever follows; at a run's end there is a look in any case.</summary>
    internal bool IsDue(int made) => made % every == 0;

    /// <summary>Whether the last look was after that many steps.</summary>
    internal bool HasLooked(int made) => losses is [.., ValidationLoss last] && last.Steps == made;

    /// <summary>Computes the loss of the network as it is.</summary>
    internal double Compute() =>
        network.Loss.Mean(network.PredictLogits(validation.Data.Flat), validation.Data.Labels, network.Modules[^1] is Sigmoid);

    /// <summary>Looks at the loss, and returns whether the patience is at its end.</summary>
    internal bool Look(int made)
    {
        if (!Take(new ValidationLoss(made, Compute()))) return IsAtItsEnd;
        best ??= new float[network.Arena.Length];
        network.Device.CopyToHost(network.Arena.Values, best);
        return false;
    }

    /// <summary>Whether there were as many looks without an improvement as the patience lasts.</summary>
    internal bool IsAtItsEnd => looksWithoutAnImprovement >= validation.Patience;

    // whether a look is the best one, whose parameters are to be kept
    bool Take(ValidationLoss look)
    {
        losses.Add(look);
        if (validation.Patience is null) return false;
        if (!(look.Loss < lowest.Loss - validation.MinDelta))
        {
            looksWithoutAnImprovement++;
            return false;
        }
        (lowest, looksWithoutAnImprovement) = (look, 0);
        return true;
    }

    /// <summary>The parameters of the best look; null if there are none.</summary>
    internal float[]? Best => best is null ? null : [.. best];

    /// <summary>Goes on after looks that an earlier run had.</summary>
    internal void Continue(IReadOnlyList<ValidationLoss> looks, float[]? bestParameters)
    {
        foreach (ValidationLoss look in looks) Take(look);
        best = bestParameters is null ? null : [.. bestParameters];
    }

    /// <summary>Gives the network the parameters of the best look.</summary>
    /// <returns>After how many steps that was; null if there is no patience, or no look had a finite loss.</returns>
    internal int? RestoreBest()
    {
        if (best is null) return null;
        network.LoadParameters(best);
        return lowest.Steps;
    }
}
