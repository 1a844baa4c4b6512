using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Settings;
using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>An optimizer's settings, without its parameters and state. Trainers and populations build their optimizers from it.</summary>
public sealed record OptimizerSpec
{
    /// <summary>The tutorial's optimizer: plain gradient descent at a constant rate.</summary>
    public static OptimizerSpec Default { get; } = new();

    readonly OptimizerKind kind;
    readonly float rate = UpdateRules.Of(OptimizerKind.Sgd).DefaultLearningRate;
    readonly Mark chosen;

    /// <summary>Which optimizer. Unless a learning rate is given, it becomes this optimizer's own.</summary>
    public OptimizerKind Kind
    {
        get => kind;
        init
        {
            kind = value;
            if (!chosen.IsSet && Enum.IsDefined(value)) rate = UpdateRules.Of(value).DefaultLearningRate;
        }
    }

    /// <summary>The learning rate, before the schedule: by default 0.001 for Adam and AdamW, else 0.01.</summary>
    public float LearningRate
    {
        get => rate;
        init => (rate, chosen) = (value, new Mark(true));
    }

    // whether the learning rate was given; specs with equal settings are equal all the same
    readonly struct Mark(bool isSet) : IEquatable<Mark>
    {
        public bool IsSet => isSet;

        public bool Equals(Mark other) => true;

        public override bool Equals(object? other) => other is Mark;

        public override int GetHashCode() => 0;
    }

    /// <summary>
    /// An update rule of your own in place of <see cref="Kind"/> and its settings; learning rate, schedule and clipping are for it too, and
    /// what else it needs it keeps itself.
    /// </summary>
    public HostUpdateRule? Own { get; init; }

    /// <summary>
    /// The share of the velocity that stays at each step, for <see cref="OptimizerKind.Momentum"/> and
    /// <see cref="OptimizerKind.Nesterov"/>.
    /// </summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>The share of the mean gradient that stays at each step, for Adam.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>The share of the mean square that stays at each step, for Adam.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>The share of the mean square that stays at each step, for RMSprop.</summary>
    public float Alpha { get; init; } = 0.99f;

    /// <summary>Added to the denominators of Adam and RMSprop so that they are never 0.</summary>
    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>Weight decay: decoupled with AdamW, else added to the gradients.</summary>
    public float WeightDecay { get; init; }

    /// <summary>The amount added to each gradient with the sign of its parameter: the gradient of L1 · Σ|w|.</summary>
    public float L1 { get; init; }

    /// <summary>How the learning rate changes from step to step.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>The largest norm of the gradients; larger ones are scaled down to it. Null for no limit.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>Makes the optimizer for parameters.</summary>
    /// <exception cref="ArgumentException">
    /// There are no parameters, one is listed twice, or they are on two devices; or <see cref="Own"/> comes with settings of others.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Optimizer Build(IReadOnlyList<Parameter> parameters) => new(parameters, this);

    /// <summary>The row of its kind; the row of plain descent where no state is needed.</summary>
    internal UpdateRule Rule => Own is not null ? Own.Row : IsPlain ? UpdateRules.Plain : UpdateRules.Of(Kind);

    /// <summary>Whether a step is w = fma(-rate, dw, w), after clipping if any.</summary>
    internal bool IsPlain => Own is null && Kind == OptimizerKind.Sgd && WeightDecay == 0 && L1 == 0;

    /// <summary>Whether every step has the same settings.</summary>
    internal bool IsConstant => !Rule.CountsSteps && Schedule == Schedule.Constant;

    /// <summary>Writes the settings of one step: the schedule's factor and Adam's corrections.</summary>
    internal void Fill(int step, Span<float> row)
    {
        (row[0], row[1], row[2]) = (Schedule.Factor(step), 1f, 1f);
        if (Rule.CountsSteps) (row[1], row[2]) = OptimizerOps.AdamCorrections(Beta1, Beta2, step + 1);
    }

    /// <summary>Refuses settings that no optimizer takes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">Settings of the library's optimizers are given with a rule of the user's own.</exception>
    internal void Validate()
    {
        if (Own is not null && (Kind != OptimizerKind.Sgd || WeightDecay != 0 || L1 != 0))
            throw new ArgumentException(
                $"{Own.Name} is an update rule of your own, which takes no Kind, WeightDecay or L1: it moves the values by itself",
                nameof(Own));
        Ranges.LearningRate.Require(LearningRate);
        bool hasMomentum = UpdateRules.Of(Kind).HasMomentum;
        ArgumentNullException.ThrowIfNull(Schedule);
        if (hasMomentum || Momentum != 0) Ranges.Momentum.Require(Momentum);
        Ranges.MeanShare.Require(Beta1);
        Ranges.MeanShare.Require(Beta2);
        Ranges.MeanShare.Require(Alpha);
        Ranges.Epsilon.Require(Epsilon);
        Ranges.WeightDecay.Require(WeightDecay);
        Ranges.L1.Require(L1);
        if (ClipNorm is float norm) Ranges.ClipNorm.Require(norm, nameof(ClipNorm));
    }
}
