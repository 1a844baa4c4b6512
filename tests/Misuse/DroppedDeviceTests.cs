using System.Diagnostics;
using GpuMlp.Devices;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Misuse;

/// <summary>What devices leave behind that nobody disposed, counted in the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class DroppedDeviceTests
{
    [Fact]
    public void ADroppedDeviceLeavesNoThreads()
    {
        static int Threads() => Process.GetCurrentProcess().Threads.Count;
        static void Open()
        {
            for (int k = 0; k < 20; k++) ComputeDevice.OpenCpu(4, 9);
        }
        int before = Threads();
        Open();
        for (int k = 0; k < 100 && Threads() > before + 100; k++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(20);
        }
        Assert.InRange(Threads(), 1, before + 100);
    }
}
