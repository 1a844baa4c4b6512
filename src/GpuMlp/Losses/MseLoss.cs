using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Losses;
using GpuMlp.Numerics;

namespace GpuMlp.Losses;

/// <summary>PyTorch's MSELoss: the mean of (output - label)² over all elements.</summary>
public sealed class MseLoss : Loss
{
    /// <inheritdoc/>
    public override string Name => "mse";

    /// <inheritdoc/>
    public override LabelKind Labels => LabelKind.Number;

    internal override TResult Use<TResult>(ILossUser<TResult> user, bool sigmoid, bool weighted) =>
        !sigmoid ? Use<Mse, TResult>(user, weighted)
        : weighted ? user.UseBatch<OnSigmoid<Weighted<Mse>>>() : user.UseBatch<OnSigmoid<Mse>>();

    internal override bool Fits(int rows, int columns, int labelRows, int labelColumns) => rows == labelRows && columns == labelColumns;

    private protected override string Shapes => "an output and labels of one shape";

    private protected override string? WhyNotLabels(Autograd.LabelFacts facts, int columns) => null;

    internal override void Compute(
        ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int rows, int columns, bool onLogit,
        bool weighted) =>
        Compute<Mse>(device, z, y, values, dz, rows * columns, weighted);

    private protected override double OfRow(ReadOnlySpan<float> z, float label, bool sigmoid) =>
        Float64.Power((sigmoid ? 1 / (1 + Float64.Exp(-z[0])) : z[0]) - label, 2);
}
