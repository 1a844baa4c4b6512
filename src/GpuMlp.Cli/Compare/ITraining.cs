using GpuMlp.Layers;
using GpuMlp.Training;

namespace GpuMlp.Cli.Compare;

/// <summary>A training that is prepared on an open device: one of the engines', or the modules'.</summary>
interface ITraining : IDisposable
{
    /// <summary>The network that it trains.</summary>
    Sequential Network { get; }

    /// <summary>Compiles all that the steps need.</summary>
    void WarmUp();

    /// <summary>Makes the steps, or those until it is cancelled.</summary>
    Made Run(Action<int, float> progress, CancellationToken cancellation);
}

/// <summary>What a training made.</summary>
/// <param name="Losses">The loss of each step.</param>
/// <param name="StopReason">Why it ended.</param>
/// <param name="DivergedStep">The first step whose loss or weights were no longer finite; null if there is none.</param>
sealed record Made(float[] Losses, StopReason StopReason, int? DivergedStep);

/// <summary>How a training is watched while it runs.</summary>
/// <param name="Every">Steps from one look to the next.</param>
/// <param name="From">Where it goes on from; null for the first step. Modules have no state to go on from: they begin anew.</param>
/// <param name="Look">Called with the steps made, the network, and its state if it has one; false ends the training.</param>
sealed record Watch(int Every, TrainingState? From, Func<int, Sequential, TrainingState?, bool> Look);
