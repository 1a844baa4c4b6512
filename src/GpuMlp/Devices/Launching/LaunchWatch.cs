using GpuMlp.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Devices.Launching;

/// <summary>Finds out whether a device's driver ended a launch early: see <see cref="LoopWatch"/>.</summary>
sealed class LaunchWatch(DeviceDescription device, Accelerator accelerator) : IDisposable
{
    MemoryBuffer1D<int, Stride1D.Dense>? report;

    // launches by their number of groups since the last look, the largest such number, and what each group had counted at the last look
    readonly int[] launches = new int[LoopWatch.Groups + 1], counted = new int[LoopWatch.Groups + 1];
    int most;

    /// <summary>How many of the next launches look as if the driver had ended them early: they leave out an iteration. For tests.</summary>
    internal int Cut { get; set; }

    /// <summary>The argument for the next launch.</summary>
    internal LoopWatch Argument
    {
        get
        {
            int missing = Math.Min(Cut, 1);
            Cut -= missing;
            return new LoopWatch((report ?? NewReport()).View, LoopWatch.Turns - missing);
        }
    }

    MemoryBuffer1D<int, Stride1D.Dense> NewReport()
    {
        try
        {
            report = accelerator.Allocate1D<int>(counted.Length);
        }
        catch (AcceleratorException e) when (DeviceException.IsOutOfMemory(e))
        {
            throw new DeviceOutOfMemoryException(device, counted.Length * sizeof(int), 0);
        }
        report.View.CopyFromCPU(counted);
        return report;
    }

    /// <summary>Says that the device took a launch of so many groups.</summary>
    internal void Launched(int groups)
    {
        groups = Math.Min(groups, LoopWatch.Groups);
        launches[groups]++;
        most = Math.Max(most, groups);
    }

    /// <summary>Whether all launches since the last call ran to their end; call it after the host has waited for them.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    internal unsafe bool AllFinished()
    {
        if (most == 0) return true;
        var seen = new int[most + 1];
        try
        {
            fixed (int* pinned = seen) report!.View.SubView(0, seen.Length).CopyToCPU(ref *pinned, seen.Length);
            if (seen[0] != 0) report.View.SubView(0, 1).CopyFromCPU([0]);
        }
        catch (AcceleratorException e)
        {
            throw new DeviceException(device, "finishing its work", e);
        }
        bool finished = seen[0] == 0;
        for (int group = most, expected = 0; group > 0; group--)
        {
            expected += launches[group];
            finished &= seen[group] == unchecked(counted[group] + expected);
            (counted[group], launches[group]) = (seen[group], 0);
        }
        most = 0;
        return finished;
    }

    public void Dispose() => report?.Dispose();
}
