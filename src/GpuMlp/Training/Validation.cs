using GpuMlp.Data;
using GpuMlp.Settings;

namespace GpuMlp.Training;

/// <summary>Rows that a run does not train on, whose loss it looks at from time to time. Looking changes no bit of the training.</summary>
/// <param name="Data">The rows, with the features and the classes of the training rows.</param>
public sealed record Validation(DataSet Data)
{
    /// <summary>The fewest steps between two looks where <see cref="Every"/> does not say.</summary>
    public const int LeastSteps = 100;

    /// <summary>
    /// Steps from one look to the next; there is always one after the last step. Null for as many steps as one pass over the training rows
    /// takes, at least <see cref="LeastSteps"/>.
    /// </summary>
    public int? Every { get; init; }

    /// <summary>
    /// The run ends once the loss has not fallen for that many looks in a row, and the network gets the parameters of the best look, also
    /// where the run makes all its steps. Null to train to the end and to keep the last parameters.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>By how much a loss has to be lower than the lowest one before it to count as fallen.</summary>
    public double MinDelta { get; init; }

    /// <summary>Steps from one look to the next.</summary>
    internal int StepsBetweenLooks(int trainingRows, int batch) =>
        Every ?? Math.Max(LeastSteps, (int)((trainingRows + (long)batch - 1) / batch));

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Data);
        if (Every is int every) Ranges.ValidateEvery.Require(every, nameof(Every));
        if (Patience is int patience) Ranges.Patience.Require(patience, nameof(Patience));
        Ranges.MinDelta.Require(MinDelta);
    }
}
