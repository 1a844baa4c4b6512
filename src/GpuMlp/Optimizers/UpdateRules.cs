using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Formats;
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

    /// <summary>RMSprop.</summary>
    RmsProp,
}

/// <summary>The table of optimizers: all code that depends on the kind of an optimizer asks its row.</summary>
public static class UpdateRules
{
    static readonly Row<Kernels.Optimizers.Sgd> plain = new(OptimizerKind.Sgd, "sgd", _ => default) { States = 0, Work = 2 };

    static readonly UpdateRule[] rules =
    [
        new Row<Momentum>(OptimizerKind.Sgd, "sgd", _ => default),
        new Row<Momentum>(OptimizerKind.Momentum, "momentum", spec => new() { Keep1 = spec.Momentum }) { HasMomentum = true },
        new Row<Momentum>(OptimizerKind.Nesterov, "nesterov", spec => new() { Keep1 = spec.Momentum, Nesterov = 1 }) { HasMomentum = true },
        new Row<Kernels.Optimizers.Adam>(OptimizerKind.Adam, "adam", spec => OfAdam(spec))
        {
            States = 2, Work = 30, CountsSteps = true, DefaultLearningRate = 0.001f,    // as its authors give it
        },
        new Row<Kernels.Optimizers.Adam>(OptimizerKind.AdamW, "adamw", spec => OfAdam(spec) with { Decoupled = 1 })
        {
            States = 2, Work = 30, CountsSteps = true, DefaultLearningRate = 0.001f, DefaultWeightDecay = 0.01f,      // as in PyTorch
        },
        new Row<Kernels.Optimizers.RmsProp>(
            OptimizerKind.RmsProp, "rmsprop", spec => new() { Keep2 = spec.Alpha, Epsilon = spec.Epsilon }) { Work = 30 },
    ];

    /// <summary>All optimizers, in the order in which to list them.</summary>
    public static IReadOnlyList<UpdateRule> All { get; } = Array.AsReadOnly(rules);

    /// <summary>The optimizers by name.</summary>
    public static Names<OptimizerKind> Names { get; } = new([.. rules.Select(rule => (rule.Name, rule.Kind))]);

    /// <summary>The row of an optimizer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such optimizer.</exception>
    public static UpdateRule Of(OptimizerKind kind)
    {
        foreach (UpdateRule rule in rules)                          // this runs in every step, and LINQ would take as long as a step
            if (rule.Kind == kind) return rule;
        throw new ArgumentOutOfRangeException(nameof(kind), kind, "there is no such optimizer");
    }

    /// <summary>Gradient descent without state: w = fma(-rate, dw, w).</summary>
    internal static UpdateRule Plain => plain;

    static OptimizerNumbers OfAdam(OptimizerSpec spec) => new() { Keep1 = spec.Beta1, Keep2 = spec.Beta2, Epsilon = spec.Epsilon };

    sealed class Row<TRule>(OptimizerKind kind, string name, Func<OptimizerSpec, OptimizerNumbers> numbers)
        : UpdateRule(kind, name, numbers)
        where TRule : struct, IUpdateRule
    {
        internal override TResult Use<TResult>(IUpdateRuleUser<TResult> user) => user.Use<TRule>();

        internal override void Step(ParameterArena arena, DeviceSpan states, in OptimizerNumbers run, in StepNumbers step, int number) =>
            arena.Device.OptimizerStep<TRule>(arena.Values, arena.Gradients, States > 0 ? states : arena.Values, run, step, Work);
    }
}

/// <summary>A row of the table of optimizers.</summary>
public abstract class UpdateRule
{
    readonly Func<OptimizerSpec, OptimizerNumbers> numbers;

    private protected UpdateRule(OptimizerKind kind, string name, Func<OptimizerSpec, OptimizerNumbers> numbers) =>
        (Kind, Name, this.numbers) = (kind, name, numbers);

    /// <summary>Which optimizer this is.</summary>
    public OptimizerKind Kind { get; }

    /// <summary>Its name in options and files.</summary>
    public string Name { get; }

    /// <summary>Whether it uses <see cref="OptimizerSpec.Momentum"/>.</summary>
    public bool HasMomentum { get; init; }

    /// <summary>The learning rate if none is asked for.</summary>
    public float DefaultLearningRate { get; init; } = 0.01f;

    /// <summary>The weight decay if none is asked for.</summary>
    public float DefaultWeightDecay { get; init; }

    /// <summary>Values of state per parameter.</summary>
    internal int States { get; init; } = 1;

    /// <summary>About how many float operations a step takes per parameter.</summary>
    internal int Work { get; init; } = 6;

    /// <summary>Whether a step depends on the number of steps before it, as Adam's corrections do.</summary>
    internal bool CountsSteps { get; init; }

    /// <summary>The settings that its kernel takes for a whole run.</summary>
    internal OptimizerNumbers Numbers(OptimizerSpec spec) => numbers(spec) with { Clip = spec.ClipNorm ?? 0 };

    /// <summary>Moves parameters by their gradients, in the step of that number from 0.</summary>
    internal abstract void Step(ParameterArena arena, DeviceSpan states, in OptimizerNumbers run, in StepNumbers step, int number);

    /// <summary>Calls code that is generic over its kernel.</summary>
    internal abstract TResult Use<TResult>(IUpdateRuleUser<TResult> user);
}

/// <summary>Code that is compiled once per update rule.</summary>
interface IUpdateRuleUser<TResult>
{
    /// <summary>Makes a result with the kernel of one rule.</summary>
    TResult Use<TRule>() where TRule : struct, IUpdateRule;
}
