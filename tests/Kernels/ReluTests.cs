using GpuMlp.Kernels.Activations;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>ReLU, exact in both directions.</summary>
[Collection<KernelTests>]
public sealed class ReluTests(DeviceRoutes routes)
{
    [Fact]
    public void ForwardAndBackward() => ActivationCheck.Matrix<Relu>(routes, Reference.Relu, Reference.ReluSlope, 0, 0);

    [Fact]
    public void SlopeIsTheDerivative() => GradientCheck.Activation<Relu>(routes, Reference.Relu, Reference.ReluSlope, 0);
}
