using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Linear;
using GpuMlp.Tests.Support;
using ILGPU;

namespace GpuMlp.Tests.Kernels;

/// <summary>
/// The products in all their forms (tiles of one, four and more rows, packed and unpacked operands, vectors and single floats) have
/// <see cref="SumOrder"/>'s bits, and touch nothing outside their operands.
/// </summary>
[Collection<KernelTests>]
public sealed class MatMulTests(DeviceRoutes routes)
{
    // simulators and slow drivers take some of them
    static readonly int triples = DriverDevice.Named is null ? 500 : 60;

    static readonly int[] sizes = [1, 2, 3, 7, 8, 9, 31, 32, 33, 63, 64, 65, 100, 257];

    [Fact]
    public void RandomShapesHaveTheBitsOfTheirOrder()
    {
        var random = new Random(15);
        for (int k = 0; k < triples; k++)
        {
            (int n, int i, int o) = (sizes[random.Next(sizes.Length)], sizes[random.Next(sizes.Length)], sizes[random.Next(sizes.Length)]);
            (float[] x, float[] w, float[] b) = (Samples.Even(random, n * i), Samples.Even(random, i * o), Samples.Even(random, o));
            float[] dy = Samples.Even(random, n * o);
            string shape = $"{n}×{i}→{o}, number {k}";
            if (k % 3 == 0)
                new KernelCase($"forward {shape}").Input(x).Input(w).Input(b).Output(Expected.Exactly(SumOrder.Forward(x, w, b, n, i, o)))
                    .Check(routes, (device, a) => device.LinearForward(a[0], a[1], a[2], a[3], n, i, o), slowToo: false);
            else if (k % 3 == 1)
                new KernelCase($"dx {shape}").Input(dy).Input(w).Output(Expected.Exactly(SumOrder.InputGradient(dy, w, n, i, o)))
                    .Check(routes, (device, a) => device.LinearInputGradient(a[0], a[1], a[2], n, i, o), slowToo: false);
            else
                new KernelCase($"dw, db {shape}").Input(x).Input(dy)
                    .Output(Expected.Exactly(SumOrder.WeightGradient(x, dy, n, i, o)))
                    .Output(Expected.Exactly(SumOrder.ColumnSums(dy, n, o)))
                    .Check(routes, (device, a) => device.LinearParameterGradients(a[0], a[1], a[2], a[3], n, i, o), slowToo: false);
        }
    }

    [Theory]
    [InlineData(64, 16, 128)]
    [InlineData(65, 40, 130)]
    [InlineData(33, 257, 64)]                                                     // few tiles, two blocks: shared out among groups
    [InlineData(300, 31, 37)]
    [InlineData(3, 2, 5)]
    public void TheFormForGpusHasTheSameBits(int n, int i, int o)
    {
        DriverDevice.Need();
        var random = new Random(n);
        (float[] x, float[] w, float[] b) = (Samples.Even(random, n * i), Samples.Even(random, i * o), Samples.Even(random, o));
        float[] dy = Samples.Even(random, n * o);
        new KernelCase($"forward {n}×{i}→{o}").Input(x).Input(w).Input(b).Output(Expected.Exactly(SumOrder.Forward(x, w, b, n, i, o)))
            .Check(routes, Forward, slowToo: false);
        new KernelCase($"dx {n}×{i}→{o}").Input(dy).Input(w).Output(Expected.Exactly(SumOrder.InputGradient(dy, w, n, i, o)))
            .Check(routes, InputGradient, slowToo: false);
        new KernelCase($"dw, db {n}×{i}→{o}").Input(x).Input(dy).Output(Expected.Exactly(SumOrder.WeightGradient(x, dy, n, i, o)))
            .Output(Expected.Exactly(SumOrder.ColumnSums(dy, n, o))).Check(routes, ParameterGradients, slowToo: false);

        void Forward(ComputeDevice device, DeviceSpan[] a)
        {
            if (device.Host is not null) device.LinearForward(a[0], a[1], a[2], a[3], n, i, o);
            else device.SharedMatMul<PlainEnd>(new Product(new(a[0], i, 1), new(a[1], 1, o), a[3], n, o, i) { Start = a[2] });
        }

        void InputGradient(ComputeDevice device, DeviceSpan[] a)
        {
            if (device.Host is not null) device.LinearInputGradient(a[0], a[1], a[2], n, i, o);
            else device.LaunchShared(new SharedInputGradient<PlainEnd, ArrayView<float>>(a[0], a[1], a[2], a[2], n, i, o));
        }

        void ParameterGradients(ComputeDevice device, DeviceSpan[] a)
        {
            if (device.Host is not null) device.LinearParameterGradients(a[0], a[1], a[2], a[3], n, i, o);
            else device.SharedMatMul<PlainEnd>(new Product(new(a[0], 1, i), new(a[1], 1, o), a[2], i, o, n) { Sums = a[3] });
        }
    }

    [Theory]
    [InlineData(5, 7, 3)]
    [InlineData(33, 65, 50)]
    [InlineData(130, 300, 70)]
    [InlineData(64, 33, 300)]
    public void AnActivationInOnePassHasTheBitsOfTwo(int n, int i, int o)
    {
        var random = new Random(n);
        (float[] x, float[] w, float[] b) = (Samples.Even(random, n * i), Samples.Even(random, i * o), Samples.Even(random, o));
        float[] z = SumOrder.Forward(x, w, b, n, i, o);
        new KernelCase($"linear and SiLU {n}×{i}→{o}").Input(x).Input(w).Input(b).Output(Expected.Exactly(z))
            .Output(Expected.Exactly([.. z.Select(value => Of(Silu.Forward<HostLanes, HostView>(HostLanes.Splat(value))))]))
            .Check(routes, (device, a) => device.LinearForward<Silu>(a[0], a[1], a[2], a[3], a[4], n, i, o));

        (float[] dy, float[] before) = (Samples.Even(random, n * o), Samples.Even(random, n * i));
        float[] dz = [.. SumOrder.InputGradient(dy, w, n, i, o)
            .Zip(before, (slope, at) => Of(Silu.Backward<HostLanes, HostView>(HostLanes.Splat(at), HostLanes.Splat(slope))))];
        new KernelCase($"dx and SiLU's slope {n}×{i}→{o}").Input(dy).Input(w).Input(before).Output(Expected.Exactly(dz))
            .Check(routes, (device, a) => device.LinearInputGradient<Silu>(a[0], a[1], a[2], a[3], n, i, o));

        static float Of(HostLanes value) => HostLanes.First(value);
    }
}
