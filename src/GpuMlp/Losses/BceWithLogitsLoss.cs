using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Losses;

namespace GpuMlp.Losses;

/// <summary>PyTorch's BCEWithLogitsLoss: binary cross-entropy of logits against labels in {0, 1}; gradient p - y.</summary>
public sealed class BceWithLogitsLoss : Loss
{
    /// <inheritdoc/>
    public override string Name => "bce-logits";

    internal override bool TakesLogit => true;

    internal override TResult Use<TResult>(ILossUser<TResult> user, bool sigmoid, bool weighted) => Use<BceLogits, TResult>(user, weighted);

    internal override void Compute(
        ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int rows, int columns, bool onLogit,
        bool weighted) =>
        Compute<BceLogits>(device, z, y, values, dz, rows * columns, weighted);

    private protected override double OfRow(ReadOnlySpan<float> z, float label, bool sigmoid) => Softplus(label == 1 ? -z[0] : z[0]);
}
