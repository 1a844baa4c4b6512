using GpuMlp.Devices.Ops;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>The mean of a batch's losses, written into one element of a longer record.</summary>
[Collection<KernelTests>]
public sealed class MeanTests(DeviceRoutes routes)
{
    [Fact]
    public void EveryLength()
    {
        foreach (int n in Shapes.Lengths) Check($"Mean of {n}", Samples.Even(new Random(n), n));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void NonFiniteValuesGoThrough(float value)
    {
        float[] values = Samples.Even(new Random(1), 129);
        values[100] = value;
        Check($"Mean with {value}", values);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(70, 1)]
    [InlineData(9, 37)]
    public void RowByRow(int rows, int n)
    {
        float[] values = Samples.Even(new Random(n), rows * n);
        Expected[] means = [.. values.Chunk(n).Select(Reference.Mean)];
        var expected = new Expected([.. means.Select(mean => mean.Values[0])], [.. means.Select(mean => mean.Tolerances[0])]);
        new KernelCase($"Means of {rows} × {n}").Input(values).Output(expected)
            .Check(routes, (device, a) => device.Means(a[0], a[1], rows, n, 0));
    }

    void Check(string name, float[] values)
    {
        float[] record = [1, 2, 3, 4, 5];
        Expected means = Expected.Exactly(record), mean = Reference.Mean(values);
        (means.Values[3], means.Tolerances[3]) = (mean.Values[0], mean.Tolerances[0]);
        new KernelCase(name).Input(values).InPlace(record, means).Check(routes, (device, a) => device.Mean(a[0], a[1], values.Length, 3));
    }
}
