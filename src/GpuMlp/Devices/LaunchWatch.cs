using GpuMlp.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Devices;

/// <summary>Asks after a device's launches whether its driver ended one before its end: see <see cref="LoopWatch"/>.</summary>
sealed class LaunchWatch(DeviceDescription device, Accelerator accelerator) : IDisposable
{
    MemoryBuffer1D<int, Stride1D.Dense>? report;
    bool launched;

    /// <summary>What the next launch is given.</summary>
    internal LoopWatch Argument
    {
        get
        {
            launched = true;
            return new LoopWatch((report ?? NewReport()).View, LoopWatch.Turns);
        }
    }

    MemoryBuffer1D<int, Stride1D.Dense> NewReport()
    {
        try
        {
            report = accelerator.Allocate1D<int>(1);
        }
        catch (AcceleratorException e) when (DeviceException.IsOutOfMemory(e))
        {
            throw new DeviceOutOfMemoryException(device, sizeof(int), 0);
        }
        report.View.CopyFromCPU([0]);
        return report;
    }

    /// <summary>Looks, once the host has waited for the launches.</summary>
    /// <exception cref="DeviceException">A launch since the last look was ended early: what it was to write is not whole.</exception>
    internal void Check()
    {
        if (!launched) return;
        launched = false;
        var seen = new int[1];
        try
        {
            report!.View.CopyToCPU(seen);
            if (seen[0] == 0) return;
            report.View.CopyFromCPU([0]);
        }
        catch (AcceleratorException e)
        {
            throw new DeviceException(device, "finishing its work", e);
        }
        throw DeviceException.Stopped(device);
    }

    public void Dispose() => report?.Dispose();
}
