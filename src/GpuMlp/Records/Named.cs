using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>The names that options and files give to activations, initializations, losses and optimizers, in the order in which to list them.</summary>
public static class Named
{
    /// <summary>Activations by name.</summary>
    public static IReadOnlyDictionary<string, Activation> Activations { get; } =
        new OrderedDictionary<string, Activation>(Layers.Activations.All.Select(row => KeyValuePair.Create(row.Name, row.Activation)));

    /// <summary>Initializations by name.</summary>
    public static IReadOnlyDictionary<string, Initialization> Initializations { get; } = new OrderedDictionary<string, Initialization>
    {
        ["auto"] = Initialization.Auto,
        ["normal"] = Initialization.Normal,
        ["he"] = Initialization.He,
        ["xavier"] = Initialization.Xavier,
        ["uniform"] = Initialization.Uniform,
    };

    /// <summary>Losses by name: each call makes one.</summary>
    public static IReadOnlyDictionary<string, Func<Loss>> Losses { get; } =
        new OrderedDictionary<string, Func<Loss>>(Loss.All.Select(loss => KeyValuePair.Create(loss().Name, loss)));

    /// <summary>Optimizers by name.</summary>
    public static IReadOnlyDictionary<string, OptimizerKind> Optimizers { get; } =
        new OrderedDictionary<string, OptimizerKind>(UpdateRules.All.Select(rule => KeyValuePair.Create(rule.Name, rule.Kind)));

    /// <summary>Learning-rate schedules by name: each makes one for a number of steps.</summary>
    public static IReadOnlyDictionary<string, Func<int, Schedule>> Schedules { get; } = new OrderedDictionary<string, Func<int, Schedule>>
    {
        ["constant"] = _ => Schedule.Constant,
        ["step"] = steps => Schedule.Step(Math.Max(1, (steps + 2) / 3)),
        ["cosine"] = steps => Schedule.Cosine(Math.Max(1, steps)),
    };

    /// <summary>Training engines by name.</summary>
    public static IReadOnlyDictionary<string, EngineChoice> Engines { get; } = new OrderedDictionary<string, EngineChoice>
    {
        ["auto"] = EngineChoice.Auto,
        ["fused"] = EngineChoice.Fused,
        ["layers"] = EngineChoice.Layers,
    };

    /// <summary>The name that stands for a value of <see cref="Activations"/> or <see cref="Initializations"/>.</summary>
    public static string Of<T>(IReadOnlyDictionary<string, T> names, T value) where T : struct, Enum
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.First(pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Key;
    }
}
