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
        // eight workers per device are 160 threads; ILGPU keeps up to five of its own per device, which are 100
        const int Allowed = 130;
        int before = Threads();
        Open();
        for (int k = 0; k < 100 && Threads() > before + Allowed; k++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(20);
        }
        Assert.InRange(Threads(), 1, before + Allowed);
    }
}
