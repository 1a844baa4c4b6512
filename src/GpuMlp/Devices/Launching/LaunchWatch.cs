using GpuMlp.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Devices.Launching;

/// <summary>Finds out whether a device's driver ended a launch early: see <see cref="LoopWatch"/>.</summary>
sealed class LaunchWatch(DeviceDescription device, Accelerator accelerator) : IDisposable
{
    MemoryBuffer1D<int, Stride1D.Dense>? report;
    bool launched;

    /// <summary>How many of the next launches look as if the driver had ended them early: they leave out an iteration. For tests.</summary>
    internal int Cut { get; set; }

    /// <summary>The argument for the next launch.</summary>
    internal LoopWatch Argument
    {
        get
        {
            launched = true;
            int missing = Math.Min(Cut, 1);
            Cut -= missing;
            return new LoopWatch((report ?? NewReport()).View, LoopWatch.Turns - missing);
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

    /// <summary>Whether all launches since the last call ran to their end; call it after the host has waited for them.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    internal bool AllFinished()
    {
        if (!launched) return true;
        launched = false;
        var seen = new int[1];
        try
        {
            report!.View.CopyToCPU(seen);
            if (seen[0] != 0) report.View.CopyFromCPU([0]);
            return seen[0] == 0;
        }
        catch (AcceleratorException e)
        {
            throw new DeviceException(device, "finishing its work", e);
        }
    }

    public void Dispose() => report?.Dispose();
}
