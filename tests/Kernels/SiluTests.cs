using GpuMlp.Kernels.Activations;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>SiLU.</summary>
[Collection<KernelTests>]
public sealed class SiluTests(DeviceRoutes routes)
{
    // 1 + x·σ(-x) is 0 near x = -1.278
    static double Terms(double x) => Reference.Sigmoid(x) * (1 + Math.Abs(x) * Reference.Sigmoid(-x));

    [Fact]
    public void ForwardAndBackward() => ActivationCheck.Matrix<Silu>(routes, Reference.Silu, Reference.SiluSlope, 4, 4, Terms);

    [Fact]
    public void SlopeIsTheDerivative() => GradientCheck.Activation<Silu>(routes, Reference.Silu, Reference.SiluSlope, 4, Terms);
}
