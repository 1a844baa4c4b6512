using GpuMlp.Kernels.Losses;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>The binary cross-entropies: values and gradients over all lengths, in saturation, and compared with differences.</summary>
[Collection<KernelTests>]
public sealed class BceTests(DeviceRoutes routes)
{
    // the largest loss of p·q where it is subnormal; a division magnifies it
    const double Underflow = 4 * float.Epsilon;

    // softplus is good to 2 ulp, and so are p and q; with three more roundings their product over a sum is good to 8
    static readonly LossReference Tutorial = new(Reference.Bce, Reference.BceGradient,
        (z, y) => 2 * Ulp.Of(Reference.Bce(z, y)),
        (z, y) => 8 * Ulp.Of(Reference.BceGradient(z, y)) + Underflow / (Reference.Sigmoid(y == 1 ? z : -z) + 1e-10));

    static readonly LossReference Torch = new(Reference.BceTorch, Reference.BceTorchGradient,
        (z, y) => 2 * Ulp.Of(Reference.BceTorch(z, y)),
        (z, y) => 8 * Ulp.Of(Reference.BceTorchGradient(z, y)) + Underflow / Math.Max(Reference.SigmoidSlope(z), 1e-12));

    static readonly LossReference Logits = new(Reference.Bce, Reference.BceLogitsGradient,
        (z, y) => 2 * Ulp.Of(Reference.Bce(z, y)),
        (z, y) => 2 * Ulp.Of(Reference.BceLogitsGradient(z, y)));

    // 1 - p and + 10⁻¹⁰ round the logarithm's argument twice, by 2⁻²⁴ relative each: an absolute error of the logarithm, however small it
    // is
    static readonly LossReference Probability = new(Reference.BceOnProbability, Reference.BceOnProbabilityGradient,
        (p, y) => 2 * Ulp.Of(Reference.BceOnProbability(p, y)) + Math.ScaleB(3, -24),
        (p, y) => 4 * Ulp.Of(Reference.BceOnProbabilityGradient(p, y)));

    [Fact]
    public void Bce() => LossCheck.Matrix<Bce>(routes, Tutorial, Samples.WithEdges);

    [Fact]
    public void BceTorch() => LossCheck.Matrix<BceTorch>(routes, Torch, Samples.WithEdges);

    [Fact]
    public void BceLogits() => LossCheck.Matrix<BceLogits>(routes, Logits, Samples.WithEdges);

    [Fact]
    public void BceOnProbability() => LossCheck.Matrix<BceOnProbability>(routes, Probability, Samples.Probabilities);

    [Fact]
    public void LargeLogitsStayFinite()
    {
        LossCheck.StaysFinite<Bce>(routes, Tutorial);
        LossCheck.StaysFinite<BceTorch>(routes, Torch);
        LossCheck.StaysFinite<BceLogits>(routes, Logits);
    }

    [Fact]
    public void GradientIsTheDerivative()
    {
        float[] z = GradientCheck.Points();
        GradientCheck.Loss<Bce>(routes, z, Tutorial);
        GradientCheck.Loss<BceTorch>(routes, z, Torch);
        GradientCheck.Loss<BceLogits>(routes, z, Logits);
        GradientCheck.Loss<BceOnProbability>(routes, Array.ConvertAll(z, v => 0.5f + 0.1f * v), Probability);
    }
}
