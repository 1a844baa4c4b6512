using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Losses;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>
/// Compares an analytic derivative with central differences in double precision, and the device with the analytic derivative at the same
/// points.
/// </summary>
static class GradientCheck
{
    const double Step = 1e-5, Relative = 1e-6, Kink = 1e-3;

    internal static void Activation<TActivation>(
        DeviceRoutes routes, Func<double, double> f, Func<double, double> slope, double ulps, Func<double, double>? terms = null)
        where TActivation : struct, IActivation
    {
        float[] x = Points();
        foreach (float v in x) Check(typeof(TActivation).Name, v, f, slope);
        ActivationCheck.Backward<TActivation>(routes, x, slope, ulps, terms);
    }

    internal static void Loss<TLoss>(DeviceRoutes routes, float[] z, LossReference reference) where TLoss : struct, ILoss
    {
        foreach (double y in (double[])[0, 1])
            foreach (float v in z) Check($"{typeof(TLoss).Name} for y = {y}", v, t => reference.Value(t, y), t => reference.Gradient(t, y));
        LossCheck.Check<TLoss>(routes, z, reference);
    }

    /// <summary>500 points in -4 … 4, none within 10⁻³ of the kink at 0.</summary>
    internal static float[] Points()
    {
        var random = new Random(4);
        var points = new float[500];
        for (int k = 0; k < points.Length; k++)
            do points[k] = (random.NextSingle() * 2 - 1) * 4;
            while (Math.Abs(points[k]) < Kink);
        return points;
    }

    // a difference of values near 1, divided by 2·10⁻⁵, is good only to 10⁻¹⁰, which matters where the derivative is 0
    static void Check(string name, double x, Func<double, double> f, Func<double, double> derivative)
    {
        double numeric = (f(x + Step) - f(x - Step)) / (2 * Step), analytic = derivative(x);
        bool right = Math.Abs(numeric - analytic) <= Relative * Math.Abs(analytic) + 1e-10;
        Assert.True(right, $"{name} at {x}: {analytic}, by differences {numeric}");
    }
}
