using GpuMlp.Kernels.Activations;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>Tanh.</summary>
[Collection<KernelTests>]
public sealed class TanhTests(DeviceRoutes routes)
{
    [Fact]
    public void ForwardAndBackward() => ActivationCheck.Matrix<Tanh>(routes, Math.Tanh, Reference.TanhSlope, 2, 4);

    [Fact]
    public void SlopeIsTheDerivative() => GradientCheck.Activation<Tanh>(routes, Math.Tanh, Reference.TanhSlope, 4);
}
