using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Losses;
using GpuMlp.Numerics;

namespace GpuMlp.Losses;

/// <summary>The definitions of binary cross-entropy.</summary>
public enum BceForm
{
    /// <summary>The tutorial's: two cases, with 10⁻¹⁰ added in the denominators.</summary>
    Tutorial,

    /// <summary>PyTorch's BCELoss: the value is at most 100, the denominator at least 10⁻¹².</summary>
    Torch,
}

/// <summary>
/// Binary cross-entropy of probabilities against labels in {0, 1}. If a sigmoid made the probabilities, the loss is computed from the
/// sigmoid's input, so it stays accurate where the sigmoid saturates. From probabilities alone it is -ln(p + 10⁻¹⁰) for label 1 and
/// -ln((1 - p) + 10⁻¹⁰) for label 0.
/// </summary>
public sealed class BceLoss(BceForm form = BceForm.Tutorial) : Loss
{
    /// <summary>The definition in use.</summary>
    public BceForm Form => form;

    /// <inheritdoc/>
    public override string Name => form == BceForm.Torch ? "bce-torch" : "bce";

    internal override bool TakesLogit => true;

    internal override bool? Sigmoid => true;

    internal override TResult Use<TResult>(ILossUser<TResult> user, bool sigmoid, bool weighted) =>
        form == BceForm.Torch ? Use<BceTorch, TResult>(user, weighted) : Use<Bce, TResult>(user, weighted);

    internal override void Compute(
        ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int rows, int columns, bool onLogit,
        bool weighted)
    {
        int n = rows * columns;
        if (onLogit && form == BceForm.Tutorial) Compute<Bce>(device, z, y, values, dz, n, weighted);
        else if (onLogit) Compute<BceTorch>(device, z, y, values, dz, n, weighted);
        else if (form == BceForm.Tutorial) Compute<BceOnProbability>(device, z, y, values, dz, n, weighted);
        else throw NeedsSigmoid();
    }

    static InvalidOperationException NeedsSigmoid() =>
        new("BceLoss(BceForm.Torch) needs an output that Sigmoid made; of logits take BceWithLogitsLoss");

    private protected override double OfRow(ReadOnlySpan<float> z, float label, bool sigmoid)
    {
        if (!sigmoid) return form == BceForm.Tutorial ? -Float64.Log((label == 1 ? z[0] : 1d - z[0]) + 1e-10) : throw NeedsSigmoid();
        double value = Softplus(label == 1 ? -z[0] : z[0]);
        return form == BceForm.Torch ? Math.Min(value, 100) : value;
    }
}
