using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Losses;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>A loss and its gradient in double precision, and how far the device's results may be off at (z, y).</summary>
sealed record LossReference(
    Func<double, double, double> Value, Func<double, double, double> Gradient,
    Func<double, double, double> ValueTolerance, Func<double, double, double> GradientTolerance);

/// <summary>Compares a loss with its reference, for both labels.</summary>
static class LossCheck
{
    internal static void Matrix<TLoss>(DeviceRoutes routes, LossReference reference, Func<Random, int, float[]> sample)
        where TLoss : struct, ILoss
    {
        foreach (int n in Shapes.Lengths) Check<TLoss>(routes, sample(new Random(n), n), reference);
    }

    /// <summary>Logits of ±100 and ±10⁴ have finite losses and gradients.</summary>
    internal static void StaysFinite<TLoss>(DeviceRoutes routes, LossReference reference) where TLoss : struct, ILoss
    {
        float[] z = [100, -100, 1e4f, -1e4f];
        foreach (float v in z)
        {
            foreach (double y in (double[])[0, 1])
                Assert.True(double.IsFinite(reference.Value(v, y)) && double.IsFinite(reference.Gradient(v, y)));
        }
        Check<TLoss>(routes, z, reference);
    }

    internal static void Check<TLoss>(DeviceRoutes routes, float[] z, LossReference reference) where TLoss : struct, ILoss
    {
        int n = z.Length;
        float[] y = Samples.Labels(new Random(n), n);
        foreach (float[] labels in (float[][])[y, Array.ConvertAll(y, label => 1 - label)])
            new KernelCase($"{typeof(TLoss).Name} of {n}").Input(z).Input(labels)
                .Output(Expect(z, labels, reference.Value, reference.ValueTolerance, 1))
                .Output(Expect(z, labels, reference.Gradient, reference.GradientTolerance, n))
                .Check(routes, (device, a) => device.LossForward<TLoss>(a[0], a[1], a[2], a[3], n));
    }

    // divided by n, which adds one rounding
    static Expected Expect(float[] z, float[] y, Func<double, double, double> f, Func<double, double, double> tolerance, int n)
    {
        double[] values = z.Select((v, k) => f(v, y[k]) / n).ToArray();
        return new(values, values.Select((v, k) => tolerance(z[k], y[k]) / n + Ulp.Of(v)).ToArray());
    }
}
