using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Losses;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>Losses whose labels carry the weights of their classes, on every route.</summary>
[Collection<KernelTests>]
public sealed class WeightedLossTests(DeviceRoutes routes)
{
    [Fact]
    public void OfTwoClasses()
    {
        foreach (int n in (int[])[1, 7, 33])
        {
            var random = new Random(n);
            float[] z = Samples.WithEdges(random, n), labels = Samples.Labels(random, n);
            float[] weights = [.. labels.Select(_ => (float)(3 * random.NextDouble()))];
            double[] values = [.. z.Select((v, k) => weights[k] * Reference.Bce(v, labels[k]))];
            double[] gradients = [.. z.Select((v, k) => weights[k] * Reference.BceLogitsGradient(v, labels[k]) / n)];
            new KernelCase($"Weighted<BceLogits> of {n}")
                .Input(z).Input([.. labels.Select((label, k) => label == 1 ? weights[k] : -weights[k])])
                .Output(Within(values)).Output(Within(gradients))
                .Check(routes, (device, a) => device.LossForward<Weighted<BceLogits>>(a[0], a[1], a[2], a[3], n));
        }
    }

    [Fact]
    public void OfManyClasses()
    {
        foreach ((int n, int c) in ((int, int)[])[(1, 2), (5, 3), (9, 19)])
        {
            var random = new Random(n);
            float[] z = [.. Enumerable.Range(0, n * c).Select(_ => (float)(8 * random.NextDouble() - 4))];
            int[] labels = [.. Enumerable.Range(0, n).Select(_ => random.Next(c))];
            // of 16 significant bits, so that the class's number beside them takes nothing away
            float[] weights = [.. labels.Select(_ => random.Next(1, 1 << 16) / 16384f)];
            double[] values = new double[n], gradients = new double[n * c];
            for (int row = 0; row < n; row++)
            {
                double sum = Enumerable.Range(0, c).Sum(k => Math.Exp(z[row * c + k]));
                values[row] = weights[row] * (Math.Log(sum) - z[row * c + labels[row]]);
                for (int k = 0; k < c; k++)
                    gradients[row * c + k] = weights[row] * (Math.Exp(z[row * c + k]) / sum - (k == labels[row] ? 1 : 0)) / n;
            }
            new KernelCase($"CrossEntropy<WeightedClass> of {n} × {c}").Input(z)
                .Input([.. labels.Select((k, row) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(weights[row]) | k))])
                .Output(new Expected(values, [.. values.Select(_ => 4e-6)]))
                .Output(new Expected(gradients, [.. gradients.Select(_ => 4e-6)]))
                .Check(routes, (device, a) => device.CrossEntropy<WeightedClass>(a[0], a[1], a[2], a[3], n, c));
        }
    }

    static Expected Within(double[] values) => new(values, [.. values.Select(v => 6 * Ulp.Of(v))]);
}
