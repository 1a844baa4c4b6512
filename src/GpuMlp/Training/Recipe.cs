using System.Globalization;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Settings;

namespace GpuMlp.Training;

/// <summary>Everything that decides a training except its data: equal recipes on equal data end in the same bits.</summary>
public sealed record Recipe
{
    /// <summary>
    /// The network, without its sigmoid where the loss takes none. Null for a network that was made by hand and that no
    /// <see cref="NetworkSpec"/> describes: see <see cref="Of"/>.
    /// </summary>
    public NetworkSpec? Net { get; init; } = new([2, 50, 1], Activation.ReLU);

    /// <summary>The loss that training minimizes.</summary>
    public Loss Loss { get; init; } = Loss.All[0];

    /// <summary>How weights and biases are initialized.</summary>
    public Initialization Initialization { get; init; } = Initialization.Auto;

    /// <summary>A factor on the initial weights and biases.</summary>
    public float InitScale { get; init; } = 1;

    /// <summary>The seed of the weights and of the rows that each step trains on.</summary>
    public ulong Seed { get; init; }

    /// <summary>The optimizer with its settings.</summary>
    public OptimizerSpec Optimizer { get; init; } = OptimizerSpec.Default;

    /// <summary>Number of steps, each on one batch.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Examples per step, drawn independently with replacement; may be more than the data has.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>
    /// How much a row of each class counts: its loss and its gradient are multiplied by the weight of its class. One weight of 0 or more
    /// per class, by class number; null if all rows count alike. Of more than two classes a weight keeps 16 significant bits.
    /// </summary>
    public IReadOnlyList<float>? ClassWeights { get; init; }

    /// <summary>Whether labels carry the weights of their classes.</summary>
    internal bool IsWeighted => ClassWeights is not null;

    /// <summary>The default recipe for a network that exists already, with its own loss.</summary>
    public static Recipe Of(Sequential network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new() { Net = network.Spec, Loss = network.Loss };
    }

    /// <summary>The network as it is trained.</summary>
    /// <exception cref="ArgumentException"><see cref="Net"/> is null.</exception>
    internal NetworkSpec Spec =>
        (Net ?? throw new ArgumentException("the recipe has no Net: it is for a network that was made by hand")).For(Loss);

    /// <summary>About how many float operations a step takes.</summary>
    internal long WorkOfStep(long parameters) => 6 * parameters * Batch;

    /// <summary>Makes the network on a device and draws its weights.</summary>
    /// <param name="device">The device.</param>
    /// <param name="weights">The stream that the weights are drawn from; by default the seed's own.</param>
    /// <exception cref="ArgumentException"><see cref="Net"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or no buffer holds that many parameters.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    public Sequential Build(ComputeDevice device, RandomStream? weights = null)
    {
        Validate();
        return Spec.Build(device, Initialization, weights ?? Weights, Loss, InitScale);
    }

    /// <summary>Draws all parameters into an arena's layout.</summary>
    internal void Draw(Span<float> arena) => Spec.Draw(arena, Initialization, Weights, InitScale);

    PhiloxStream Weights => new(Seed, StreamPurpose.Initialization);

    /// <summary>Checks everything that does not depend on the data.</summary>
    /// <exception cref="ArgumentNullException">The loss or the optimizer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Loss);
        ArgumentNullException.ThrowIfNull(Optimizer);
        Ranges.Steps.Require(Steps);
        Ranges.Batch.Require(Batch);
        Ranges.InitScale.Require(InitScale);
        if (!Enum.IsDefined(Initialization))
            throw new ArgumentOutOfRangeException(nameof(Initialization), Initialization, "there is no such initialization");
        if (Net is not null) Activations.Of(Net.Activation);
        if (ClassWeights?.Any(weight => !(weight >= 0 && float.IsFinite(weight))) == true)
            throw new ArgumentOutOfRangeException(
                nameof(ClassWeights), string.Join(", ", ClassWeights), "weights are numbers of 0 or more");
        Optimizer.Validate();
    }

    /// <summary>Why the recipe does not suit data; null if it does.</summary>
    /// <returns>The setting that has to change, "net" or "data", and what is wrong with it.</returns>
    /// <exception cref="ArgumentException"><see cref="Net"/> is null.</exception>
    public (string Setting, string Why)? WhyNot(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return WhyNot(Spec.Widths[0], Spec.Widths[^1], Loss, data);
    }

    /// <summary><see cref="WhyNot(DataSet)"/> for a network with that many inputs and outputs.</summary>
    internal static (string Setting, string Why)? WhyNot(int inputs, int outputs, Loss loss, DataSet data)
    {
        if (WhyNotInputs(inputs, data.Features) is string wrong) return ("net", wrong);
        int classes = data.ClassCount;
        if (loss.Labels == LabelKind.Binary && classes is not (0 or 2))
            return ("data", $"{loss.Name} takes two classes, the data has {classes}; the loss cross-entropy takes more"
                + (data.ClassNames.All(IsNumber) ? ", mse takes the labels as numbers" : ""));
        if (loss.Labels == LabelKind.Class && classes == 1) return ("data", $"{loss.Name} takes two classes or more, the data has one");
        if (loss.Labels == LabelKind.Class && (outputs < 2 || (classes > 0 && outputs != classes)))
        {
            string there = classes > 0 ? $", and the data has {classes}" : "";
            return ("net", $"{loss.Name} takes an output per class{there}; the network has {outputs}");
        }
        if (loss.Labels == LabelKind.Number && data.Targets > 1 && outputs != data.Targets)
        {
            string labels = $"the data has {data.Targets} labels per row";
            return ("net", $"{loss.Name} takes an output per label, and {labels}; the network has {outputs}");
        }
        if (data.Targets > 1 && !loss.Fits(1, outputs, 1, data.Targets))
            return ("data", $"{loss.Name} takes one label per row, the data has {data.Targets}");
        if (loss.Labels != LabelKind.Class && outputs != data.Targets)
            return ("net", $"{loss.Name} takes one output, the network has {outputs}; the loss cross-entropy takes one per class");
        return loss.WhyNotLabels(data.Labels, outputs) is string why ? ("data", why) : null;
    }

    static bool IsNumber(string name) => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    /// <summary>Why a network with that many inputs does not take data with that many features; null if it does.</summary>
    internal static string? WhyNotInputs(int inputs, int features) => inputs == features ? null
        : $"the network takes {inputs} {(inputs == 1 ? "input" : "inputs")}, "
        + $"the data has {features} {(features == 1 ? "feature" : "features")}";
}
