using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;

namespace GpuMlp.Training;

/// <summary>All that decides a training but its data: equal recipes on equal data end in the same bits.</summary>
public sealed record Recipe
{
    /// <summary>
    /// The network; a sigmoid at its end is left out where the loss takes none. Null for one that was made by hand and that no
    /// <see cref="NetworkSpec"/> describes: see <see cref="Of"/>.
    /// </summary>
    public NetworkSpec? Net { get; init; } = new([2, 50, 1], Activation.ReLU);

    /// <summary>What is minimized.</summary>
    public Loss Loss { get; init; } = Loss.All[0];

    /// <summary>How weights and biases begin.</summary>
    public Initialization Initialization { get; init; } = Initialization.Auto;

    /// <summary>What the drawn weights and biases are multiplied by.</summary>
    public float InitScale { get; init; } = 1;

    /// <summary>Seed of the weights and of the rows that each step trains on.</summary>
    public ulong Seed { get; init; }

    /// <summary>How parameters are moved by their gradients.</summary>
    public OptimizerSpec Optimizer { get; init; } = OptimizerSpec.Default;

    /// <summary>Number of steps, each on one batch.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Examples a step, drawn independently with replacement; may exceed the data.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The default recipe for a network that is there already, with its own loss.</summary>
    public static Recipe Of(Sequential network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new() { Net = network.Spec, Loss = network.Loss };
    }

    /// <summary>The network as it is trained.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal NetworkSpec Spec => (Net ?? throw new ArgumentException("the recipe has no Net: it is for a network that was made by hand")).For(Loss);

    /// <summary>About how many float operations a step takes.</summary>
    internal long WorkOfStep(long parameters) => 6 * parameters * Batch;

    /// <summary>The network with its weights drawn, on a device.</summary>
    /// <param name="device">Where.</param>
    /// <param name="weights">What they are drawn from; by default the seed's own stream.</param>
    /// <exception cref="ArgumentException">There is no <see cref="Net"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or no buffer holds so many parameters.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has not that much memory left.</exception>
    public Sequential Build(ComputeDevice device, RandomStream? weights = null)
    {
        Validate();
        return Spec.Build(device, Initialization, weights ?? Weights, Loss, InitScale);
    }

    /// <summary>Draws all parameters into an arena's layout.</summary>
    internal void Draw(Span<float> arena) => Spec.Draw(arena, Initialization, Weights, InitScale);

    PhiloxStream Weights => new(Seed, StreamPurpose.Initialization);

    /// <summary>Refuses what no data can make good.</summary>
    /// <exception cref="ArgumentNullException">The loss or the optimizer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Loss);
        ArgumentNullException.ThrowIfNull(Optimizer);
        ArgumentOutOfRangeException.ThrowIfNegative(Steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(Batch, 1);
        if (!Enum.IsDefined(Initialization)) throw new ArgumentOutOfRangeException(nameof(Initialization), Initialization, "there is no such initialization");
        if (!float.IsFinite(InitScale)) throw new ArgumentOutOfRangeException(nameof(InitScale), InitScale, "an initial scale is finite");
        if (Net is not null) Activations.Of(Net.Activation);
        Optimizer.Validate();
    }

    /// <summary>Why the recipe does not fit data: which of the two, "net" or "data", is to be another, and what is wrong; null where it fits.</summary>
    /// <exception cref="ArgumentException">There is no <see cref="Net"/>.</exception>
    public (string Setting, string Why)? WhyNot(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return WhyNot(Spec.Widths[0], Spec.Widths[^1], Loss, data);
    }

    /// <summary><see cref="WhyNot(DataSet)"/> for a network of so many inputs and outputs.</summary>
    internal static (string Setting, string Why)? WhyNot(int inputs, int outputs, Loss loss, DataSet data)
    {
        if (WhyNotInputs(inputs, data.Features) is string wrong) return ("net", wrong);
        int classes = data.ClassCount;
        if (loss.Labels == LabelKind.Binary && classes is not (0 or 2))
            return ("data", $"{loss.Name} takes two classes, the data has {classes}; the loss cross-entropy takes more");
        if (loss.Labels == LabelKind.Class && classes == 1) return ("data", $"{loss.Name} takes two classes or more, the data has one");
        if (loss.Labels == LabelKind.Class && (outputs < 2 || (classes > 0 && outputs != classes)))
            return ("net", $"{loss.Name} takes an output per class{(classes > 0 ? $", and the data has {classes}" : "")}; the network has {outputs}");
        if (loss.Labels != LabelKind.Class && outputs != 1)
            return ("net", $"{loss.Name} takes one output, the network has {outputs}; the loss cross-entropy takes one per class");
        return loss.WhyNotLabels(data.Labels, outputs) is string why ? ("data", why) : null;
    }

    /// <summary>Null where a network of so many inputs takes data of so many features, else why not.</summary>
    internal static string? WhyNotInputs(int inputs, int features) =>
        inputs == features ? null : $"the network takes {inputs} {(inputs == 1 ? "input" : "inputs")}, the data has {features} {(features == 1 ? "feature" : "features")}";
}
