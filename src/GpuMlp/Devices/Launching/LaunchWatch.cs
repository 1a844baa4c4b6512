using GpuMlp.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Devices.Launching;

/// <summary>Asks after a device's launches whether its driver ended one before its end: see <see cref="LoopWatch"/>.</summary>
sealed class LaunchWatch(DeviceDescription device, Accelerator accelerator) : IDisposable
{
    MemoryBuffer1D<int, Stride1D.Dense>? report;
    bool launched;

    /// <summary>How often the loops at the end are to go round; tests leave one turn out.</summary>
    internal int Turns { get; set; } = LoopWatch.Turns;

    /// <summary>What the next launch is given.</summary>
    internal LoopWatch Argument
    {
        get
        {
            launched = true;
            return new LoopWatch((report ?? NewReport()).View, Turns);
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

    /// <summary>Whether all launches since the last look came to their end; for when the host has waited for them.</summary>
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
