using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>The products of a linear layer, over the matrix of shapes.</summary>
[Collection<KernelTests>]
public sealed class LinearTests(DeviceRoutes routes)
{
    [Fact]
    public void Forward() => EveryShape((random, s) =>
    {
        (float[] x, float[] w, float[] b) = (Samples.Even(random, s.N * s.I), Samples.Even(random, s.I * s.O), Samples.Even(random, s.O));
        new KernelCase($"Linear forward {s}").Input(x).Input(w).Input(b).Output(Reference.LinearForward(x, w, b, s.N, s.I, s.O))
            .Check(routes, (device, a) => device.LinearForward(a[0], a[1], a[2], a[3], s.N, s.I, s.O), s.SlowToo);
    });

    [Fact]
    public void InputGradient() => EveryShape((random, s) =>
    {
        (float[] dy, float[] w) = (Samples.Even(random, s.N * s.O), Samples.Even(random, s.I * s.O));
        new KernelCase($"Linear dx {s}").Input(dy).Input(w).Output(Reference.LinearInputGradient(dy, w, s.N, s.I, s.O))
            .Check(routes, (device, a) => device.LinearInputGradient(a[0], a[1], a[2], s.N, s.I, s.O), s.SlowToo);
    });

    [Fact]
    public void ParameterGradients() => EveryShape((random, s) =>
    {
        (float[] x, float[] dy) = (Samples.Even(random, s.N * s.I), Samples.Even(random, s.N * s.O));
        new KernelCase($"Linear dw, db {s}").Input(x).Input(dy)
            .Output(Reference.LinearWeightGradient(x, dy, s.N, s.I, s.O)).Output(Reference.ColumnSums(dy, s.N, s.O))
            .Check(routes, (device, a) => device.LinearParameterGradients(a[0], a[1], a[2], a[3], s.N, s.I, s.O), s.SlowToo);
    });

    [Theory]
    [InlineData(1, 50)]
    [InlineData(3, 1)]
    [InlineData(33, 17)]
    [InlineData(600, 5)]
    public void BackwardOfOneOutputBehindAnActivation(int n, int i)
    {
        var random = new Random(n);
        float[] x = Samples.Even(random, n * i), dy = Samples.Even(random, n), w = Samples.Even(random, i), z = Samples.Even(random, n * i);
        float[] dz = [.. z.Select((value, k) => value <= 0 ? 0 : dy[k / i] * w[k % i] + 0f)];
        new KernelCase($"Backward of one output, {n}×{i}").Input(x).Input(dy).Input(w).Input(z)
            .Output(Expected.Exactly(SumOrder.WeightGradient(x, dy, n, i, 1))).Output(Expected.Exactly(SumOrder.ColumnSums(dy, n, 1)))
            .Output(Expected.Exactly(dz))
            .Check(routes, (device, a) => device.LinearBackward<Relu>(a[0], a[1], a[2], a[4], a[5], a[3], a[6], n, i, 1));
    }

    [Theory]
    [InlineData(257, 129)]
    [InlineData(801, 260)]
    [InlineData(1, 3)]
    public void ColumnSums(int m, int n)
    {
        float[] a = Samples.Even(new Random(m), m * n);
        new KernelCase($"Column sums {m}×{n}").Input(a).Output(Reference.ColumnSums(a, m, n))
            .Check(routes, (device, s) => device.ColumnSums(s[0], s[1], m, n));
    }

    [Theory]
    [InlineData(257, 33)]
    [InlineData(450, 451)]
    [InlineData(1, 7)]
    public void Transpose(int m, int n)
    {
        float[] a = Samples.WithEdges(new Random(m), m * n), t = new float[m * n];
        for (int k = 0; k < t.Length; k++) t[k] = a[k % m * n + k / m];
        new KernelCase($"Transpose {m}×{n}").Input(a).Output(Expected.Exactly(t))
            .Check(routes, (device, s) => device.Transpose(s[0], s[1], m, n));
    }

    /// <summary>A single NaN in x reaches its row of y and its row of dw, and nothing else.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void NaNGoesThrough(int o)
    {
        const int n = 33, i = 50;
        var random = new Random(o);
        float[] x = Samples.Even(random, n * i), w = Samples.Even(random, i * o);
        float[] b = Samples.Even(random, o), dy = Samples.Even(random, n * o);
        x[7 * i + 49] = float.NaN;
        Expected y = Reference.LinearForward(x, w, b, n, i, o), dw = Reference.LinearWeightGradient(x, dy, n, i, o);
        Assert.Equal(o, y.Values.Count(double.IsNaN));
        Assert.Equal(o, dw.Values.Count(double.IsNaN));
        new KernelCase($"NaN through Linear →{o}").Input(x).Input(w).Input(b).Output(y)
            .Check(routes, (device, a) => device.LinearForward(a[0], a[1], a[2], a[3], n, i, o));
        new KernelCase($"NaN through Linear's gradients →{o}").Input(x).Input(dy).Output(dw).Output(Reference.ColumnSums(dy, n, o))
            .Check(routes, (device, a) => device.LinearParameterGradients(a[0], a[1], a[2], a[3], n, i, o));
    }

    static void EveryShape(Action<Random, Shape> check)
    {
        for (int k = 0; k < Shapes.Triples.Count; k++) check(new Random(k), Shapes.Triples[k]);
    }
}
