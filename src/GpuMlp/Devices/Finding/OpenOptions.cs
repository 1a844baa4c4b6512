using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using ILGPU.Runtime;

namespace GpuMlp.Devices.Finding;

/// <summary>How a device is opened; all but the first two are for tests.</summary>
/// <param name="Lanes">Floats per SIMD register on the processor.</param>
/// <param name="Cores">The number of cores that share the processor's work.</param>
/// <param name="Newton">Whether OpenCL divides and takes roots by Newton steps in any case, even if the self-test does not need it.</param>
/// <param name="GroupLanes">Threads per group of ILGPU's CPU launcher: an even number, each a thread of the operating system.</param>
/// <param name="SelfTest">Replaces the self-test; called with the device and whether it was opened with Newton steps.</param>
/// <param name="KernelCache">The folder of compiled kernels; null for the user's.</param>
/// <param name="Memory">Makes a block of that many floats, for tests that watch memory; small values then do not share buffers.</param>
sealed record OpenOptions(int Lanes, int Cores, bool Newton = false, int GroupLanes = 2,
    Func<ComputeDevice, bool, ArithmeticFaults>? SelfTest = null, string? KernelCache = null,
    Func<Accelerator, int, MemoryBlock>? Memory = null)
{
    internal static OpenOptions Default => new(HostRunner.WidestLanes, Environment.ProcessorCount);
}
