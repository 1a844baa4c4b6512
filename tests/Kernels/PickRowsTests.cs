using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Randomness;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>Random rows drawn on the device are those drawn on the host, wherever in the stream a launch begins.</summary>
[Collection<KernelTests>]
public sealed class PickRowsTests(DeviceRoutes routes)
{
    [Theory]
    [InlineData(1, 2000, 0)]
    [InlineData(257, 2000, 10_000)]
    [InlineData(33, 1, 5)]
    [InlineData(10_003, 1 << 30, 0xFFFF_FFF0)]
    public void Draws(int count, int examples, long firstDraw)
    {
        const uint low = 0x9ABC_DEF0, high = 0x1234_5678;
        int[] rows = Enumerable.Range(0, count)
            .Select(k => Philox.Below(Philox.Word(low, high, (ulong)firstDraw + (ulong)k, 3, 0), examples)).ToArray();
        Assert.All(rows, row => Assert.InRange(row, 0, examples - 1));
        float[] bits = Array.ConvertAll(rows, BitConverter.Int32BitsToSingle);
        new KernelCase($"{count} draws of {examples} from {firstDraw}").Output(Expected.Exactly(bits))
            .Check(routes, (device, a) => device.PickRows(a[0], examples, (ulong)high << 32 | low, 3, (ulong)firstDraw));
    }
}
