using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Numerics;

namespace GpuMlp.Losses;

/// <summary>A loss of your own: plain C# on a row of outputs and its label, for networks on any device.</summary>
/// <remarks>
/// Networks train with it layer by layer, and outputs and labels are copied to the host at each step, so on a GPU it is slow. A model file
/// cannot name it.
/// </remarks>
/// <example>
/// <code>
/// sealed class AbsoluteError : HostLoss
/// {
///     public override LabelKind Labels =&gt; LabelKind.Number;
///
///     protected override float Compute(ReadOnlySpan&lt;float&gt; output, ReadOnlySpan&lt;float&gt; label, Span&lt;float&gt; gradient)
///     {
///         gradient[0] = MathF.Sign(output[0] - label[0]);
///         return MathF.Abs(output[0] - label[0]);
///     }
/// }
/// </code>
/// </example>
public abstract class HostLoss : Loss
{
    /// <summary>The loss's name in messages; by default the name of its class.</summary>
    public override string Name => GetType().Name;

    /// <summary>
    /// The loss of one row, and its derivative with respect to the row's outputs; the loss of a batch is the mean over its rows.
    /// </summary>
    /// <param name="output">What the network returned for the row, its sigmoid included where it ends in one.</param>
    /// <param name="label">
    /// The row's one label: 0 or 1, the number of its class, or for <see cref="LabelKind.Number"/> a number for the one output.
    /// </param>
    /// <param name="gradient">The derivative of this row's loss with respect to each output, to be written; it is 0 at first.</param>
    protected abstract float Compute(ReadOnlySpan<float> output, ReadOnlySpan<float> label, Span<float> gradient);

    // one label a row: the mean over a data set is computed row by row, and knows of no other
    internal override bool Fits(int rows, int columns, int labelRows, int labelColumns) =>
        rows == labelRows && labelColumns == 1 && (Known == LabelKind.Class ? columns > 1 : columns == 1);

    private protected override string Shapes =>
        Known == LabelKind.Class ? "outputs n × classes, two classes or more, and labels n × 1" : base.Shapes;

    private protected override string? WhyNotLabels(LabelFacts facts, int columns) => Known switch
    {
        LabelKind.Binary => base.WhyNotLabels(facts, columns),
        LabelKind.Class => WhyNotClasses(facts, columns),
        LabelKind.Number => null,
        LabelKind other => throw new NotSupportedException($"{Name}: {other}"),
    };

    LabelKind Known => Enum.IsDefined(Labels) ? Labels
        : throw new InvalidOperationException($"{Name}.Labels is {Labels}, which is no kind of labels");

    internal override int Terms(int rows, int columns) => rows;

    internal sealed override void Compute(
        ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int rows, int columns, bool onLogit,
        bool weighted)
    {
        var (outputs, labels) = (new float[rows * columns], new float[rows]);
        var (losses, gradients) = (new float[rows], new float[rows * columns]);
        device.CopyToHost(z, outputs);
        device.CopyToHost(y, labels);
        for (int row = 0; row < rows; row++)
        {
            Span<float> gradient = gradients.AsSpan(row * columns, columns);
            losses[row] = Compute(outputs.AsSpan(row * columns, columns), labels.AsSpan(row, 1), gradient);
            foreach (ref float value in gradient) value /= rows;
        }
        device.CopyToDevice(losses, values);
        device.CopyToDevice(gradients, dz);
    }

    private protected sealed override double OfRow(ReadOnlySpan<float> z, float label, bool sigmoid)
    {
        Span<float> output = sigmoid ? [(float)(1 / (1 + Float64.Exp(-z[0])))] : [.. z];
        return Compute(output, [label], new float[output.Length]);
    }

    internal sealed override TResult Use<TResult>(ILossUser<TResult> user, bool sigmoid, bool weighted) =>
        throw new InvalidOperationException($"no kernel knows {Name}: it runs on the host");
}
