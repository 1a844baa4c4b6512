using GpuMlp.Kernels.Activations;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>ELU.</summary>
[Collection<KernelTests>]
public sealed class EluTests(DeviceRoutes routes)
{
    // eˣ - 1 without its cancellation: Math.Exp(x) - 1 is 2·sinh(x/2)·e^(x/2)
    static double Value(double x) => x < 0 ? x < -40 ? -1 : 2 * Math.Sinh(x / 2) * Math.Exp(x / 2) : x;

    static double Slope(double x) => x < 0 ? Math.Exp(x) : 1;

    [Fact]
    public void ForwardAndBackward() => ActivationCheck.Matrix<Elu>(routes, Value, Slope, 3, 3);

    [Fact]
    public void SlopeIsTheDerivative() => GradientCheck.Activation<Elu>(routes, Value, Slope, 3);
}
