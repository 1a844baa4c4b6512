using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>Which optimizer.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent.</summary>
    Sgd,

    /// <summary>Gradient descent with momentum.</summary>
    Momentum,

    /// <summary>Gradient descent with Nesterov's momentum.</summary>
    Nesterov,

    /// <summary>Adam.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,
}

/// <summary>An optimizer without its parameters and state: what a trainer makes one from, and what the fused engine does in its kernel.</summary>
public sealed record OptimizerSpec
{
    /// <summary>The tutorial's: plain gradient descent at a constant rate.</summary>
    public static OptimizerSpec Default { get; } = new();

    /// <summary>Which optimizer.</summary>
    public OptimizerKind Kind { get; init; }

    /// <summary>Share of the velocity that stays, for <see cref="OptimizerKind.Momentum"/> and <see cref="OptimizerKind.Nesterov"/>.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>Share of the gradients' mean that stays, for Adam.</summary>
    public float Beta1 { get; init; } = 0.9f;

    /// <summary>Share of the squares' mean that stays, for Adam.</summary>
    public float Beta2 { get; init; } = 0.999f;

    /// <summary>What keeps Adam's denominator from 0.</summary>
    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>Weight decay: decoupled with AdamW, else added to the gradients.</summary>
    public float WeightDecay { get; init; }

    /// <summary>How the learning rate changes from step to step.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>The norm that gradients are scaled down to; null leaves them.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>The optimizer of parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Optimizer Build(IReadOnlyList<Parameter> parameters, float learningRate) => Kind switch
    {
        OptimizerKind.Sgd => new Sgd(parameters, learningRate, weightDecay: WeightDecay) { Schedule = Schedule, ClipNorm = ClipNorm },
        OptimizerKind.Momentum or OptimizerKind.Nesterov => new Sgd(parameters, learningRate, Momentum, Kind == OptimizerKind.Nesterov, WeightDecay) { Schedule = Schedule, ClipNorm = ClipNorm },
        OptimizerKind.Adam => new Adam(parameters, learningRate, Beta1, Beta2, Epsilon, WeightDecay) { Schedule = Schedule, ClipNorm = ClipNorm },
        OptimizerKind.AdamW => new AdamW(parameters, learningRate, Beta1, Beta2, Epsilon, WeightDecay) { Schedule = Schedule, ClipNorm = ClipNorm },
        _ => throw NoSuchKind,
    };

    /// <summary>Whether a step is w = fma(-rate, dw, w) and nothing is kept.</summary>
    internal bool IsPlain => Kind == OptimizerKind.Sgd && WeightDecay == 0 && ClipNorm is null;

    /// <summary>Whether it is gradient descent, with a velocity or without.</summary>
    internal bool IsMomentum => Kind is OptimizerKind.Sgd or OptimizerKind.Momentum or OptimizerKind.Nesterov;

    ArgumentOutOfRangeException NoSuchKind => new(nameof(Kind), Kind, "there is no such optimizer");

    internal bool IsAdam => Kind is OptimizerKind.Adam or OptimizerKind.AdamW;

    /// <summary>Whether every step has the same numbers.</summary>
    internal bool IsConstant => !IsAdam && Schedule == Schedule.Constant;

    /// <summary>The numbers that a kernel takes for a whole run.</summary>
    internal OptimizerNumbers Numbers => new(
        IsAdam ? Beta1 : Kind == OptimizerKind.Sgd ? 0 : Momentum, Beta2, Epsilon,
        Kind == OptimizerKind.Nesterov ? 1 : 0, Kind == OptimizerKind.AdamW ? 1 : 0, ClipNorm ?? 0);

    /// <summary>Writes what a step has of its own: the schedule's factor and Adam's corrections.</summary>
    internal void Fill(int step, Span<float> row)
    {
        (row[0], row[1], row[2]) = (Schedule.Factor(step), 1f, 1f);
        if (IsAdam) (row[1], row[2]) = OptimizerOps.AdamCorrections(Beta1, Beta2, step + 1);
    }

    /// <summary>Refuses numbers that no optimizer takes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(Kind)) throw NoSuchKind;
        if (Kind == OptimizerKind.Nesterov && Momentum == 0) throw Sgd.NoLookAhead(nameof(Momentum));
        ArgumentNullException.ThrowIfNull(Schedule);
        Optimizer.Share(Momentum, nameof(Momentum));
        Optimizer.Share(Beta1, nameof(Beta1));
        Optimizer.Share(Beta2, nameof(Beta2));
        Optimizer.NotNegative(Epsilon, nameof(Epsilon));
        Optimizer.NotNegative(WeightDecay, nameof(WeightDecay));
        if (ClipNorm is not (null or (> 0f and < float.PositiveInfinity)))
            throw new ArgumentOutOfRangeException(nameof(ClipNorm), ClipNorm, "a norm to clip at is positive and finite");
    }
}
