using static System.FormattableString;

namespace GpuMlp.Settings;

/// <summary>The table of ranges: which numbers each setting of a training takes.</summary>
public static class Ranges
{
    static readonly float JustBelow1 = float.BitDecrement(1);

    /// <summary>Rows of a generated data set; two float64 per row have to fit one array.</summary>
    public static NumberRange<int> Samples { get; } = Whole("a number of rows", 2, 500_000_000);

    /// <summary>The standard deviation of noise: a normal draw is below 9 deviations, and float32 ends at 3.4e38.</summary>
    public static NumberRange<double> Noise { get; } =
        new("noise is a standard deviation, a number of 0 or more", 0, 1e37, "the points are beyond float32; noise is at most 1E+37");

    /// <summary>Lines to skip at the start of a file.</summary>
    public static NumberRange<int> SkipRows { get; } = Whole("a number of lines to skip", 0, int.MaxValue);

    /// <summary>Seeds of Philox.</summary>
    public static NumberRange<ulong> Seed { get; } =
        new($"a seed is a whole number from 0 to {ulong.MaxValue}", 0, ulong.MaxValue);

    /// <summary>The factor on initial weights and biases.</summary>
    public static NumberRange<float> InitScale { get; } =
        Positive("a scale is a positive number; a network that begins with zeros alone does not learn");

    /// <summary>The learning rate.</summary>
    public static NumberRange<float> LearningRate { get; } = Positive("a learning rate is a positive number");

    /// <summary>The share of the velocity that stays at each step, for optimizers that have a velocity.</summary>
    public static NumberRange<float> Momentum { get; } =
        new("momentum is a number above 0 and below 1", float.Epsilon, JustBelow1);

    /// <summary>The share of a running mean that stays at each step: Adam's beta1 and beta2, RMSprop's alpha.</summary>
    public static NumberRange<float> MeanShare { get; } =
        new("the share of a mean that stays is a number of 0 or more and below 1", 0, JustBelow1);

    /// <summary>What Adam and RMSprop add to their denominators.</summary>
    public static NumberRange<float> Epsilon { get; } = NotNegative("epsilon is a number of 0 or more");

    /// <summary>Weight decay.</summary>
    public static NumberRange<float> WeightDecay { get; } = NotNegative("weight decay is a number of 0 or more");

    /// <summary>The amount added to each gradient with the sign of its weight.</summary>
    public static NumberRange<float> L1 { get; } = NotNegative("the strength of L1 is a number of 0 or more");

    /// <summary>The largest norm of the gradients.</summary>
    public static NumberRange<float> ClipNorm { get; } = Positive("a norm to clip at is a positive number, or off");

    /// <summary>Steps of a run; the losses of all steps have to fit one array.</summary>
    public static NumberRange<int> Steps { get; } = Whole("a number of steps", 0, Array.MaxLength);

    /// <summary>Steps over which the learning rate first grows.</summary>
    public static NumberRange<int> Warmup { get; } = Whole("a number of steps", 0);

    /// <summary>Steps from one snapshot to the next; 0 for no snapshots.</summary>
    public static NumberRange<int> SnapshotEvery { get; } = Whole("a number of steps", 0);

    /// <summary>Steps from one look at the validation loss to the next.</summary>
    public static NumberRange<int> ValidateEvery { get; } = Whole("a number of steps", 1);

    /// <summary>Looks at the validation loss without an improvement, after which a run ends.</summary>
    public static NumberRange<int> Patience { get; } = Whole("patience", 1);

    /// <summary>By how much a loss has to fall to count as an improvement.</summary>
    public static NumberRange<double> MinDelta { get; } = new("a least improvement is a number of 0 or more", 0, double.MaxValue);

    /// <summary>Parts of a cross-validation.</summary>
    public static NumberRange<int> Folds { get; } = Whole("a number of folds", 2, 1000);

    /// <summary>Examples per step.</summary>
    public static NumberRange<int> Batch { get; } = Whole("a batch", 1);

    static NumberRange<int> Whole(string what, int least, int most = int.MaxValue) =>
        new(Invariant($"{what} is a whole number from {least} to {most}"), least, most);

    static NumberRange<float> Positive(string rule) => new(rule, float.Epsilon, float.MaxValue);

    static NumberRange<float> NotNegative(string rule) => new(rule, 0, float.MaxValue);
}
