using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Numerics;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>Every product, mean and gradient of the layers has <see cref="SumOrder"/>'s bits on every route.</summary>
/// <remarks>
/// The other kernel tests allow for roundings and compare the routes with each other. They do not notice an order that changes on all
/// routes at once, or in the layers and the fused engine together; yet such a change would change every result that anyone has kept.
/// </remarks>
[Collection<KernelTests>]
public sealed class SumOrderTests(DeviceRoutes routes)
{
    /// <summary>Numbers of terms around the widths of lanes, the sixteen partial sums and the blocks of 256.</summary>
    static readonly int[] sizes = [1, 2, 7, 8, 15, 16, 17, 31, 33, 255, 256, 257, 515, 1030];

    static readonly int[] slowSizes = [1, 7, 17, 33, 257, 515];

    /// <summary>A tile of four rows and one more; an odd number of columns; more columns than two of the widest lanes.</summary>
    const int Rows = 5, Few = 7, Many = 33;

    [Fact]
    public void Forward() => EverySize((random, size) =>
    {
        foreach ((int n, int i, int o) in These((Rows, size, Many), (Rows, size, 2), (Rows, size, 1), (size, Few, Few), (Rows, Few, size)))
        {
            (float[] x, float[] w, float[] b) = (Samples.Even(random, n * i), Samples.Even(random, i * o), Samples.Even(random, o));
            new KernelCase($"forward {n}×{i}→{o}").Input(x).Input(w).Input(b)
                .Output(Expected.Exactly(SumOrder.Forward(x, w, b, n, i, o)))
                .Check(routes, (device, a) => device.LinearForward(a[0], a[1], a[2], a[3], n, i, o), SlowToo(size));
        }
    });

    [Fact]
    public void Product() => EverySize((random, size) =>
    {
        foreach ((int n, int i, int o) in These((Rows, size, Many), (Rows, size, 1), (Rows, Few, size)))
        {
            (float[] x, float[] w) = (Samples.Even(random, n * i), Samples.Even(random, i * o));
            new KernelCase($"product {n}×{i}→{o}").Input(x).Input(w).Output(Expected.Exactly(SumOrder.Product(x, w, n, i, o)))
                .Check(routes, (device, a) => device.Product(a[0], a[1], a[2], n, i, o), SlowToo(size));
        }
    });

    [Fact]
    public void InputGradient() => EverySize((random, size) =>
    {
        foreach ((int n, int i, int o) in These((Rows, Many, size), (1, 1, size), (Rows, size, Few), (Rows, size, 1), (size, 2, Few)))
        {
            (float[] dy, float[] w) = (Samples.Even(random, n * o), Samples.Even(random, i * o));
            new KernelCase($"dx {n}×{i}→{o}").Input(dy).Input(w)
                .Output(Expected.Exactly(SumOrder.InputGradient(dy, w, n, i, o)))
                .Check(routes, (device, a) => device.LinearInputGradient(a[0], a[1], a[2], n, i, o), SlowToo(size));
        }
    });

    [Fact]
    public void ParameterGradients() => EverySize((random, size) =>
    {
        foreach ((int n, int i, int o) in These((size, Few, Many), (size, Many, 1), (Rows, size, Few), (Rows, size, 1), (Rows, Few, size)))
        {
            (float[] x, float[] dy) = (Samples.Even(random, n * i), Samples.Even(random, n * o));
            new KernelCase($"dw, db {n}×{i}→{o}").Input(x).Input(dy)
                .Output(Expected.Exactly(SumOrder.WeightGradient(x, dy, n, i, o))).Output(Expected.Exactly(SumOrder.ColumnSums(dy, n, o)))
                .Check(routes, (device, a) => device.LinearParameterGradients(a[0], a[1], a[2], a[3], n, i, o), SlowToo(size));
        }
    });

    [Fact]
    public void SumsOfRowsAndColumns() => EverySize((random, size) =>
    {
        float[] a = Samples.Even(random, Rows * size);
        new KernelCase($"row sums {Rows}×{size}").Input(a).Output(Expected.Exactly(SumOrder.RowSums(a, Rows, size)))
            .Check(routes, (device, s) => device.RowSums(s[0], s[1], Rows, size), SlowToo(size));
        new KernelCase($"column sums {size}×{Rows}").Input(a).Output(Expected.Exactly(SumOrder.ColumnSums(a, size, Rows)))
            .Check(routes, (device, s) => device.ColumnSums(s[0], s[1], size, Rows), SlowToo(size));
    });

    /// <summary>A loss's values and gradients row by row, and their mean; gradients are divided by the number of rows.</summary>
    [Fact]
    public void MeanOfALoss() => EverySize((random, size) =>
    {
        float[] z = Samples.Even(random, size), y = Samples.Even(random, size), difference = [.. z.Zip(y, (p, q) => p - q)];
        float[] values = [.. difference.Select(d => d * d)], dz = [.. difference.Select(d => (d + d) / size)];
        new KernelCase($"loss of {size}").Input(z).Input(y).Output(Expected.Exactly(values)).Output(Expected.Exactly(dz))
            .Output(Expected.Exactly([SumOrder.RowSums(values, 1, size)[0] / size]))
            .Check(routes, (device, a) =>
            {
                device.LossForward<Mse>(a[0], a[1], a[2], a[3], size);
                device.Mean(a[2], a[4], size, 0);
            }, SlowToo(size));
    });

    [Fact]
    public void Softmax() => EverySize((random, size) =>
    {
        float[] x = Samples.Even(random, Rows * size), dy = Samples.Even(random, Rows * size), e = Exponentials(x, size);
        float[] sums = SumOrder.RowSums(e, Rows, size), y = [.. e.Select((value, k) => value / sums[k / size])];
        float[] means = [.. Enumerable.Range(0, Rows)
            .Select(row => SumOrder.Strided(size, k => dy[row * size + k], k => y[row * size + k]))];
        new KernelCase($"softmax {Rows}×{size}").Input(x).Input(dy).Output(Expected.Exactly(y))
            .Output(Expected.Exactly([.. dy.Select((g, k) => y[k] * (g - means[k / size]))]))
            .Check(routes, (device, a) =>
            {
                device.SoftmaxForward(a[0], a[2], Rows, size);
                device.SoftmaxBackward(a[2], a[1], a[3], Rows, size);
            }, SlowToo(size));
    });

    [Fact]
    public void CrossEntropy() => EverySize((random, size) =>
    {
        float[] z = Samples.Even(random, Rows * size), e = Exponentials(z, size), sums = SumOrder.RowSums(e, Rows, size);
        int[] labels = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(size))];
        float[] values = [.. labels.Select((label, row) => Log(sums[row]) - (z[row * size + label] - z[(row * size)..][..size].Max()))];
        float[] dz = [.. e.Select((value, k) => (value / sums[k / size] - (labels[k / size] == k % size ? 1f : 0f)) / Rows)];
        new KernelCase($"cross-entropy {Rows}×{size}").Input(z).Input([.. labels.Select(label => (float)label)])
            .Output(Expected.Exactly(values)).Output(Expected.Exactly(dz))
            .Check(routes, (device, a) => device.CrossEntropy<PlainClass>(a[0], a[1], a[2], a[3], Rows, size), SlowToo(size));
    });

    /// <summary>The norm for clipping: squares are summed block by block, then one strided sum goes over all blocks.</summary>
    [Fact]
    public void NormOfGradients() => EverySize((random, size) =>
    {
        foreach (int n in (int[])[size, 256 * size - 3])
        {
            float[] dw = Samples.Even(random, n);
            float[] parts = [.. dw.Chunk(256).Select(block => SumOrder.Strided(block.Length, k => block[k], k => block[k]))];
            float scale = Math.Min(1f, 0.1f / (MathF.Sqrt(SumOrder.Strided(parts.Length, k => parts[k])) + 1e-6f));
            new KernelCase($"norm of {n}").InPlace(dw, Expected.Exactly([.. dw.Select(value => value * scale)]))
                .Output(Expected.Exactly(parts)).Output(Expected.Exactly([scale]))
                .Check(routes, (device, a) =>
                {
                    device.ClipScale(a[0], a[1], a[2], 0.1f);
                    device.Scale(a[0], a[2]);
                }, SlowToo(size));
        }
    });

    /// <summary>Different orders give different bits, so that the tests above can tell one from another.</summary>
    [Fact]
    public void OrdersDiffer()
    {
        foreach (int size in sizes.Where(size => size > 16))
        {
            var random = new Random(size);
            float[] a = Samples.Even(random, 32 * size), b = Samples.Even(random, size);
            float[][] sums =
            [
                Sums(row => SumOrder.Ascending(0f, size, k => a[row * size + k], k => b[k])),
                Sums(row => SumOrder.Strided(size, k => a[row * size + k], k => b[k])),
                Sums(row => Enumerable.Range(0, size).Aggregate(0f, (sum, k) => sum + a[row * size + k] * b[k])),
            ];
            if (size > 256) sums = [.. sums, Sums(row => InOneBlock(size, k => a[row * size + k], k => b[k]))];
            for (int j = 0; j < sums.Length; j++)
                for (int i = 0; i < j; i++) Assert.NotEqual(sums[i], sums[j]);
        }

        static float InOneBlock(int size, Func<int, float> a, Func<int, float> b) =>
            Enumerable.Range(0, size).Aggregate(0f, (sum, k) => MathF.FusedMultiplyAdd(a(k), b(k), sum));

        static float[] Sums(Func<int, float> row) => [.. Enumerable.Range(0, 32).Select(row)];
    }

    static void EverySize(Action<Random, int> check)
    {
        foreach (int size in sizes) check(new Random(size), size);
    }

    static (int N, int I, int O)[] These(params (int N, int I, int O)[] shapes) => shapes;

    static bool SlowToo(int size) => slowSizes.Contains(size);

    // only the order of the sum is tested here, not the function
    static float[] Exponentials(float[] x, int columns) => [.. x.Chunk(columns).SelectMany(row => row.Select(value =>
        HostLanes.First(GpuMlp.Kernels.Numerics.Exponentials.Exp<HostLanes, HostView>(HostLanes.Splat(value - row.Max())))))];

    static float Log(float x) => HostLanes.First(GpuMlp.Kernels.Numerics.Exponentials.Log<HostLanes, HostView>(HostLanes.Splat(x)));
}
