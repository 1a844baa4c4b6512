using GpuMlp.Kernels.Activations;

namespace GpuMlp.Tests;

/// <summary>Leaky ReLU.</summary>
[Collection<KernelTests>]
public sealed class LeakyReluTests(DeviceRoutes routes)
{
    [Fact]
    public void ForwardAndBackward() => ActivationCheck.Matrix<LeakyRelu>(routes, Reference.LeakyRelu, Reference.LeakyReluSlope, 4, 4);

    [Fact]
    public void SlopeIsTheDerivative() => GradientCheck.Activation<LeakyRelu>(routes, Reference.LeakyRelu, Reference.LeakyReluSlope, 4);
}
