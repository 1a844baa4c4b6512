using GpuMlp.Kernels.Activations;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>Sigmoid.</summary>
[Collection<KernelTests>]
public sealed class SigmoidTests(DeviceRoutes routes)
{
    [Fact]
    public void ForwardAndBackward() => ActivationCheck.Matrix<Sigmoid>(routes, Reference.Sigmoid, Reference.SigmoidSlope, 2, 4);

    [Fact]
    public void SlopeIsTheDerivative() => GradientCheck.Activation<Sigmoid>(routes, Reference.Sigmoid, Reference.SigmoidSlope, 4);
}
