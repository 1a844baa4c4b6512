using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Training;

namespace GpuMlp.Files;

/// <summary>The names that options and files give to activations, initializations and losses, in the order in which to list them.</summary>
public static class Named
{
    /// <summary>Activations by name.</summary>
    public static IReadOnlyDictionary<string, Activation> Activations { get; } = new OrderedDictionary<string, Activation>
    {
        ["relu"] = Activation.ReLU,
        ["leaky-relu"] = Activation.LeakyReLU,
        ["tanh"] = Activation.Tanh,
        ["sigmoid"] = Activation.Sigmoid,
        ["silu"] = Activation.SiLU,
    };

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
    public static IReadOnlyDictionary<string, Func<Loss>> Losses { get; } = new OrderedDictionary<string, Func<Loss>>
    {
        ["bce"] = () => new BceLoss(),
        ["bce-torch"] = () => new BceLoss(BceForm.Torch),
        ["bce-logits"] = () => new BceWithLogitsLoss(),
        ["mse"] = () => new MseLoss(),
        ["cross-entropy"] = () => new CrossEntropyLoss(),
    };

    /// <summary>Training engines by name.</summary>
    public static IReadOnlyDictionary<string, EngineChoice> Engines { get; } = new OrderedDictionary<string, EngineChoice>
    {
        ["auto"] = EngineChoice.Auto,
        ["fused"] = EngineChoice.Fused,
        ["layers"] = EngineChoice.Layers,
    };

    /// <summary>The name that stands for a value of <see cref="Activations"/> or <see cref="Initializations"/>.</summary>
    public static string Of<T>(IReadOnlyDictionary<string, T> names, T value) where T : struct, Enum =>
        names.First(pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Key;
}
