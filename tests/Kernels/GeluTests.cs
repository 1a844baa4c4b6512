using GpuMlp.Kernels.Activations;
using GpuMlp.Layers;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>GELU.</summary>
[Collection<KernelTests>]
public sealed class GeluTests(DeviceRoutes routes)
{
    static double Value(double x) => double.IsNegativeInfinity(x) ? -0.0 : x * NormalDistribution.Cumulative(x);

    // at ±∞ the limit
    static double Slope(double x) => double.IsInfinity(x)
        ? (x > 0 ? 1 : 0)
        : NormalDistribution.Cumulative(x) + x * NormalDistribution.Density(x);

    // Φ(x) + x·φ(x) is 0 near x = -0.752
    static double Terms(double x) =>
        double.IsInfinity(x) ? 1 : NormalDistribution.Cumulative(x) + Math.Abs(x) * NormalDistribution.Density(x);

    [Fact]
    public void ForwardAndBackward() => ActivationCheck.Matrix<Gelu>(routes, Value, Slope, 6, 6, Terms);

    [Fact]
    public void SlopeIsTheDerivative() => GradientCheck.Activation<Gelu>(routes, Value, Slope, 6, Terms);
}
