using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>Compares an activation and its slope, at many x, with double precision.</summary>
/// <remarks>Where the terms of a slope cancel, its error is that of the terms, so the sum of their absolute values is given, too.</remarks>
static class ActivationCheck
{
    // the loss by subnormal factors: a few times the smallest float, times |x| where x is a factor
    const double Underflow = 8 * float.Epsilon, Saturated = 110;

    /// <summary>Checks forward and backward over every length, with edges among the arguments.</summary>
    internal static void Matrix<TActivation>(
        DeviceRoutes routes, Func<double, double> f, Func<double, double> slope, double forwardUlps, double backwardUlps,
        Func<double, double>? terms = null)
        where TActivation : struct, IActivation
    {
        foreach (int n in Shapes.Lengths)
        {
            float[] x = Samples.WithEdges(new Random(n), n);
            Forward<TActivation>(routes, x, f, forwardUlps);
            Backward<TActivation>(routes, x, slope, backwardUlps, terms);
        }
    }

    static void Forward<TActivation>(DeviceRoutes routes, float[] x, Func<double, double> f, double ulps)
        where TActivation : struct, IActivation
    {
        double[] y = Array.ConvertAll(x, v => f(v));
        new KernelCase($"{typeof(TActivation).Name} forward of {x.Length}").Input(x).Output(new(y, Tolerances(x, y, ulps)))
            .Check(routes, (device, a) => device.ActivationForward<TActivation>(a[0], a[1], x.Length));
    }

    internal static void Backward<TActivation>(
        DeviceRoutes routes, float[] x, Func<double, double> slope, double ulps, Func<double, double>? terms)
        where TActivation : struct, IActivation
    {
        float[] dy = Samples.Even(new Random(x.Length), x.Length);
        double[] dx = x.Select((v, k) => slope(v) == 0 ? 0 : dy[k] * slope(v)).ToArray();
        double[] magnitudes = terms is null ? dx : x.Select((v, k) => dy[k] * terms(v)).ToArray();
        var expected = new Expected(dx, Tolerances(x, magnitudes, ulps));
        new KernelCase($"{typeof(TActivation).Name} backward of {x.Length}").Input(x).Input(dy).Output(expected)
            .Check(routes, (device, a) => device.ActivationBackward<TActivation>(a[0], a[1], a[2], x.Length));
    }

    static double[] Tolerances(float[] x, double[] magnitudes, double ulps) => magnitudes
        .Select((m, k) => ulps == 0 ? 0 : ulps * Ulp.Of(m) + Underflow * (1 + Math.Min(Math.Abs(x[k]), Saturated))).ToArray();
}
