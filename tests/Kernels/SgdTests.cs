using GpuMlp.Devices.Ops;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>The SGD step: one fused multiply-add per parameter, so it is within half an ulp.</summary>
[Collection<KernelTests>]
public sealed class SgdTests(DeviceRoutes routes)
{
    const double RoundedOnce = 0.5 + 1e-6;

    [Theory]
    [InlineData(0.01f)]
    [InlineData(1f)]
    [InlineData(3e-30f)]
    public void Step(float rate)
    {
        foreach (int n in Shapes.Lengths)
        {
            float[] w = Samples.Even(new Random(n), n), dw = Samples.WithEdges(new Random(n + 1), n);
            double[] after = w.Select((v, k) => v - (double)rate * dw[k]).ToArray();
            new KernelCase($"SGD step of {n}").InPlace(w, Expected.Ulps(after, RoundedOnce)).Input(dw)
                .Check(routes, (device, a) => device.SgdStep(a[0], a[1], rate));
        }
    }
}
