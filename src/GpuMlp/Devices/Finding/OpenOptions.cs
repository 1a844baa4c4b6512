using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using ILGPU.Runtime;

namespace GpuMlp.Devices.Finding;

/// <summary>How a device is opened; for tests what differs from the ordinary.</summary>
/// <param name="Lanes">Floats that move together on the processor.</param>
/// <param name="Cores">Cores that the processor's work is shared out over.</param>
/// <param name="Newton">Whether OpenCL divides and takes roots by Newton steps from the start, not only where the self-test asks for it.</param>
/// <param name="GroupLanes">Threads of a group that ILGPU's CPU launcher has together: an even number, each a thread of the system.</param>
/// <param name="SelfTest">The self-test of a device opened with or without Newton steps, where it is not the ordinary one.</param>
/// <param name="KernelCache">The folder of compiled kernels, where it is not the user's.</param>
/// <param name="Memory">Makes a block of so many floats, where memory is to be watched; small values then share no buffers.</param>
sealed record OpenOptions(int Lanes, int Cores, bool Newton = false, int GroupLanes = 2,
    Func<ComputeDevice, bool, ArithmeticFaults>? SelfTest = null, string? KernelCache = null,
    Func<Accelerator, int, MemoryBlock>? Memory = null)
{
    internal static OpenOptions Default => new(HostRunner.WidestLanes, Environment.ProcessorCount);
}
