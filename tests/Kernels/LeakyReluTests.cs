using GpuMlp.Kernels.Activations;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>Leaky ReLU.</summary>
[Collection<KernelTests>]
public sealed class LeakyReluTests(DeviceRoutes routes)
{
    [Fact]
    public void ForwardAndBackward() => ActivationCheck.Matrix<LeakyRelu>(routes, Reference.LeakyRelu, Reference.LeakyReluSlope, 4, 4);

    [Fact]
    public void SlopeIsTheDerivative() => GradientCheck.Activation<LeakyRelu>(routes, Reference.LeakyRelu, Reference.LeakyReluSlope, 4);
}
