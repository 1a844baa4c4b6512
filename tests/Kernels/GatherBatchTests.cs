using GpuMlp.Devices.Ops;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>Batches gathered by row number are exact.</summary>
[Collection<KernelTests>]
public sealed class GatherBatchTests(DeviceRoutes routes)
{
    [Theory]
    [InlineData(1, 1, 1, 0)]
    [InlineData(3, 2, 10, 7)]
    [InlineData(50, 7, 33, 2)]
    [InlineData(129, 31, 16, 129)]
    [InlineData(1000, 257, 50, 1)]
    public void Rows(int n, int f, int examples, int at)
    {
        var random = new Random(n);
        float[] x = Samples.WithEdges(random, examples * f), y = Samples.Labels(random, examples);
        int[] picks = Enumerable.Range(0, at + n).Select(_ => random.Next(examples)).ToArray();
        var batchX = new float[n * f];
        var batchY = new float[n];
        for (int row = 0; row < n; row++)
        {
            batchY[row] = y[picks[at + row]];
            for (int k = 0; k < f; k++) batchX[row * f + k] = x[picks[at + row] * f + k];
        }
        new KernelCase($"Batch of {n}×{f}").Input(x).Input(y).Input(Array.ConvertAll(picks, BitConverter.Int32BitsToSingle))
            .Output(Expected.Exactly(batchX)).Output(Expected.Exactly(batchY))
            .Check(routes, (device, a) => device.GatherBatch(a[0], a[1], a[2], at, a[3], a[4], n, f));
    }
}
