using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Losses;

namespace GpuMlp.Losses;

/// <summary>A mean loss over a batch, and its gradient.</summary>
public abstract class Loss
{
    /// <summary>The option's name for it: bce, bce-torch, bce-logits, mse, cross-entropy.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the loss of a sigmoid's result is computed from the sigmoid's input.</summary>
    internal virtual bool TakesLogit => false;

    /// <summary>The mean loss (1,1) of an output against labels, on variables: its Backward goes back to the parameters.</summary>
    /// <param name="output">What a network returned, one row an example. Of one that <see cref="Variable.Sigmoid"/> made, the binary losses
    /// take the sigmoid's input, as they do in a Sequential that ends in Sigmoid.</param>
    /// <param name="label">What it should be: n × 1, but for MseLoss the output's shape.</param>
    /// <exception cref="ArgumentException">
    /// The shapes do not fit, the devices differ, or a label is not allowed. Labels are looked at where they come from the host, in
    /// <see cref="Variable.From(Devices.ComputeDevice, float[], bool)"/>, so nothing waits for the device; those that were computed are not.
    /// </exception>
    public Variable Forward(Variable output, Variable label)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(label);
        if (output.Device != label.Device) throw Variable.MixedDevices(Name, output, label);
        if (!Fits(output.Rows, output.Columns, label.Rows, label.Columns)) throw WrongShapes(output.Shape, label.Shape, nameof(label));
        if (label.Facts is LabelFacts facts) CheckLabels(facts, output.Columns);
        using DeviceUse use = output.Device.Use();
        bool onLogit = TakesLogit && output.Logit is not null;
        return LossOperation.Apply(this, onLogit ? output.Logit! : output, label, onLogit);
    }

    /// <summary>Whether labels of that shape belong to outputs of that shape.</summary>
    internal virtual bool Fits(int rows, int columns, int labelRows, int labelColumns) => columns == 1 && labelColumns == 1 && rows == labelRows;

    /// <summary>How many values the mean is over.</summary>
    internal virtual int Terms(int rows, int columns) => rows * columns;

    /// <summary>The shapes that it takes, as messages say it.</summary>
    private protected virtual string Shapes => "an output n × 1 and labels n × 1";

    private protected virtual void CheckLabels(LabelFacts facts, int columns)
    {
        if (facts.NotBinary is (int row, float value))
            throw new ArgumentException($"{Name} takes labels 0 and 1, value {row} is {value:R}; other classes need CrossEntropyLoss, numbers MseLoss", "label");
    }

    /// <summary>Refuses labels (n), one a row, that the loss of outputs of so many columns cannot take.</summary>
    /// <exception cref="ArgumentException">A label is not allowed, or another number of columns is needed.</exception>
    internal void RequireLabels(ReadOnlySpan<float> labels, int columns)
    {
        if (!Fits(labels.Length, columns, labels.Length, 1)) throw WrongShapes($"{labels.Length} × {columns}", $"{labels.Length} × 1", "label");
        CheckLabels(new LabelFacts(labels), columns);
    }

    /// <summary>The mean loss over rows, on the host in float64.</summary>
    /// <param name="z">What a network's last linear layer returned, rows × columns.</param>
    /// <param name="labels">One a row.</param>
    /// <param name="sigmoid">Whether the network's output is the sigmoid of z and not z itself.</param>
    /// <exception cref="ArgumentException">There are no rows, or the loss takes no such outputs with such labels.</exception>
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
    private protected static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    internal ArgumentException WrongShapes(string output, string label, string parameter) =>
        new($"{Name} takes {Shapes}, got {output} and {label}", parameter);

    /// <summary>values (terms) = L(z, y), dz = dmean/dz, for z of rows × columns. onLogit: z is a logit and not a probability.</summary>
    internal abstract void Compute(
        ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int rows, int columns, bool onLogit);

    private protected static void Compute<TLoss>(ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int n)
        where TLoss : struct, ILoss => device.LossForward<TLoss>(z, y, values, dz, n);
}
