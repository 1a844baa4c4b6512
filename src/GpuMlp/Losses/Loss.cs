using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Formats;
using GpuMlp.Kernels.Losses;
using GpuMlp.Numerics;

namespace GpuMlp.Losses;

/// <summary>The labels that a loss takes, one per row unless it says otherwise.</summary>
public enum LabelKind
{
    /// <summary>0 or 1, for one output.</summary>
    Binary,

    /// <summary>The number of a class from 0, for one output per class.</summary>
    Class,

    /// <summary>Any number, for each output.</summary>
    Number,
}

/// <summary>A loss, averaged over a batch, and its gradient; one of your own derives from <see cref="HostLoss"/>.</summary>
public abstract class Loss
{
    /// <summary>The table of losses, in the order in which to list them. A loss has no state, so one object serves everybody.</summary>
    public static IReadOnlyList<Loss> All { get; } =
        [new BceLoss(), new BceLoss(BceForm.Torch), new BceWithLogitsLoss(), new MseLoss(), new CrossEntropyLoss()];

    /// <summary>The losses by name.</summary>
    public static Names<Loss> Names { get; } = new([.. All.Select(loss => (loss.Name, loss))]);

    /// <summary>Its name in options and files.</summary>
    public abstract string Name { get; }

    /// <summary>The labels that it takes; for <see cref="LabelKind.Class"/> a network has one output per class, two or more.</summary>
    public virtual LabelKind Labels => LabelKind.Binary;

    /// <summary>Whether a network has to end in a sigmoid (true) or must not (false); null if it may do either.</summary>
    internal virtual bool? Sigmoid => null;

    /// <summary>Calls code that is generic over its kernel.</summary>
    /// <param name="user">The code.</param>
    /// <param name="sigmoid">Whether the network ends in a sigmoid.</param>
    /// <param name="weighted">Whether labels carry the weights of their classes.</param>
    internal abstract TResult Use<TResult>(ILossUser<TResult> user, bool sigmoid, bool weighted);

    /// <summary>Whether the loss of a sigmoid's result is computed from the sigmoid's input.</summary>
    internal virtual bool TakesLogit => false;

    /// <summary>The mean loss (1,1) of outputs against labels, on variables; its Backward reaches the parameters.</summary>
    /// <param name="output">
    /// What a network returned, one row per example. If <see cref="Variable.Sigmoid"/> made it, the binary losses are computed from the
    /// sigmoid's input, as in a Sequential that ends in Sigmoid.
    /// </param>
    /// <param name="label">The labels, n × 1; for MseLoss the shape of the output.</param>
    /// <exception cref="ArgumentException">
    /// The shapes do not fit, the devices differ, or a label is not allowed. Labels are checked when they come from the host, in
    /// <see cref="Variable.From(Devices.ComputeDevice, float[], bool)"/>, so nothing waits for the device; computed labels are not checked.
    /// </exception>
    public Variable Forward(Variable output, Variable label)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(label);
        if (output.Device != label.Device) throw Variable.MixedDevices(Name, output, label);
        if (!Fits(output.Rows, output.Columns, label.Rows, label.Columns)) throw WrongShapes(output.Shape, label.Shape, nameof(label));
        if (label.Facts is LabelFacts facts && WhyNotLabels(facts, output.Columns) is string why)
            throw new ArgumentException(why, nameof(label));
        using DeviceUse use = output.Device.Use();
        bool onLogit = TakesLogit && output.Logit is not null;
        return LossOperation.Apply(this, onLogit ? output.Logit! : output, label, onLogit);
    }

    /// <summary>Whether labels of that shape suit outputs of that shape.</summary>
    internal virtual bool Fits(int rows, int columns, int labelRows, int labelColumns) =>
        columns == 1 && labelColumns == 1 && rows == labelRows;

    /// <summary>How many values the mean is taken over.</summary>
    internal virtual int Terms(int rows, int columns) => rows * columns;

    /// <summary>The shapes that it takes, in words for messages.</summary>
    private protected virtual string Shapes => "an output n × 1 and labels n × 1";

    /// <summary>Why the loss does not take labels; null if it does.</summary>
    private protected virtual string? WhyNotLabels(LabelFacts facts, int columns) => facts.NotBinary is (int row, float value)
        ? $"{Name} takes labels 0 and 1, value {row} is {value:R}; other classes take the loss cross-entropy, numbers mse" : null;

    /// <summary>Why labels are no class numbers for that many outputs; null if they are.</summary>
    private protected string? WhyNotClasses(LabelFacts facts, int columns)
    {
        (int row, float value) = facts.NotClass ?? facts.Largest;
        return facts.NotClass is not null || value >= columns
            ? $"{Name} of {columns} logits takes labels 0 to {columns - 1}, value {row} is {value:R}" : null;
    }

    /// <inheritdoc cref="WhyNotLabels(LabelFacts, int)"/>
    internal string? WhyNotLabels(ReadOnlySpan<float> labels, int columns) => WhyNotLabels(new LabelFacts(labels), columns);

    /// <summary>Checks labels (n), one per row, for outputs of that many columns.</summary>
    /// <exception cref="ArgumentException">A label is not allowed, or another number of columns is needed.</exception>
    internal void RequireLabels(ReadOnlySpan<float> labels, int columns)
    {
        if (!Fits(labels.Length, columns, labels.Length, 1))
            throw WrongShapes($"{labels.Length} × {columns}", $"{labels.Length} × 1", "label");
        if (WhyNotLabels(labels, columns) is string why) throw new ArgumentException(why, nameof(labels));
    }

    /// <summary>The mean loss over rows, on the host in float64.</summary>
    /// <param name="z">The result of a network's last linear layer, rows × columns.</param>
    /// <param name="labels">One label per row.</param>
    /// <param name="sigmoid">Whether the network's output is the sigmoid of z and not z itself.</param>
    /// <exception cref="ArgumentException">There are no rows, or the loss does not take such outputs with such labels.</exception>
    public double Mean(ReadOnlySpan<float> z, ReadOnlySpan<float> labels, bool sigmoid)
    {
        if (labels.IsEmpty || z.Length % labels.Length != 0)
            throw new ArgumentException($"{z.Length} outputs are not rows for {labels.Length} labels", nameof(z));
        int columns = z.Length / labels.Length;
        RequireLabels(labels, columns);
        double sum = 0;
        for (int row = 0; row < labels.Length; row++) sum += OfRow(z.Slice(row * columns, columns), labels[row], sigmoid);
        return sum / labels.Length;
    }

    private protected abstract double OfRow(ReadOnlySpan<float> z, float label, bool sigmoid);

    /// <summary>ln(1 + eˣ).</summary>
    private protected static double Softplus(double x) => Math.Max(x, 0) + Float64.Log(1 + Float64.Exp(-Math.Abs(x)));

    internal ArgumentException WrongShapes(string output, string label, string parameter) =>
        new($"{Name} takes {Shapes}, got {output} and {label}", parameter);

    /// <summary>
    /// Computes values (terms) = L(z, y) and dz = dmean/dz for z of rows × columns. If onLogit is true, z is a logit, else the network's
    /// output, such as a probability. If weighted is true, labels carry the weights of their classes.
    /// </summary>
    internal abstract void Compute(
        ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int rows, int columns, bool onLogit,
        bool weighted = false);

    private protected static TResult Use<TLoss, TResult>(ILossUser<TResult> user, bool weighted) where TLoss : struct, ILoss =>
        weighted ? user.UseOutput<Weighted<TLoss>>() : user.UseOutput<TLoss>();

    private protected static void Compute<TLoss>(
        ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int n, bool weighted)
        where TLoss : struct, ILoss
    {
        if (weighted) device.LossForward<Weighted<TLoss>>(z, y, values, dz, n);
        else device.LossForward<TLoss>(z, y, values, dz, n);
    }
}

/// <summary>Code that is compiled once per loss.</summary>
interface ILossUser<TResult>
{
    /// <summary>Makes a result with the kernel of a loss of one output that is computed from the last linear layer's result.</summary>
    TResult UseOutput<TLoss>() where TLoss : struct, ILoss;

    /// <summary>Makes a result with the kernel of any other loss.</summary>
    TResult UseBatch<TLoss>() where TLoss : struct, IBatchLoss;
}
