using GpuMlp.Layers;

namespace GpuMlp.Tests.Kernels;

/// <summary>The tails of the normal distribution, and the float64 form that they are compared with.</summary>
public sealed class NormalTailsTests
{
    // Abramowitz and Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.2
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0.691462461274013)]
    [InlineData(1, 0.841344746068543)]
    [InlineData(2, 0.977249868051821)]
    [InlineData(3, 0.998650101968370)]
    [InlineData(4, 0.999968328758167)]
    public void TheFloat64FormIsThatOfTables(double x, double cumulative)
    {
        Assert.Equal(cumulative, NormalDistribution.Cumulative(x), 3e-15);
        Assert.Equal(1 - cumulative, NormalDistribution.Cumulative(-x), 3e-15);
    }

    // -ln of the tail; table 26.2 has the decimal logarithm
    [Theory]
    [InlineData(5, 6.54265)]
    [InlineData(10, 23.11805)]
    [InlineData(15, 50.43522)]
    public void ItsFarTailsAreThoseOfTables(double x, double minusLog10) =>
        Assert.Equal(minusLog10, -Math.Log10(NormalDistribution.Cumulative(-x)), 6e-6);
}
