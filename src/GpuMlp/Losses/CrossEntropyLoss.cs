using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Losses;
using GpuMlp.Numerics;

namespace GpuMlp.Losses;

/// <summary>PyTorch's CrossEntropyLoss: -ln softmax(logits) at the label, for logits (n,c) and class numbers 0 to c - 1 (n,1).</summary>
public sealed class CrossEntropyLoss : Loss
{
    /// <inheritdoc/>
    public override string Name => "cross-entropy";

    /// <inheritdoc/>
    public override LabelKind Labels => LabelKind.Class;

    internal override bool? Sigmoid => false;

    internal override TResult Use<TResult>(ILossUser<TResult> user, bool sigmoid, bool weighted) =>
        weighted ? user.UseBatch<OfClasses<WeightedClass>>() : user.UseBatch<OfClasses<PlainClass>>();

    internal override bool Fits(int rows, int columns, int labelRows, int labelColumns) =>
        columns > 1 && labelColumns == 1 && rows == labelRows;

    internal override int Terms(int rows, int columns) => rows;

    private protected override string Shapes => "logits n × classes, two classes or more, and labels n × 1";

    private protected override string? WhyNotLabels(LabelFacts facts, int columns) => WhyNotClasses(facts, columns);

    internal override void Compute(
        ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int rows, int columns, bool onLogit,
        bool weighted)
    {
        if (weighted) device.CrossEntropy<WeightedClass>(z, y, values, dz, rows, columns);
        else device.CrossEntropy<PlainClass>(z, y, values, dz, rows, columns);
    }

    private protected override double OfRow(ReadOnlySpan<float> z, float label, bool sigmoid)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float value in z) largest = Math.Max(largest, value);
        foreach (float value in z) sum += Float64.Exp(value - largest);
        return Float64.Log(sum) - (z[(int)label] - largest);
    }
}
