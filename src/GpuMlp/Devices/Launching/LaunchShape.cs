using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Devices.Launching;

/// <summary>How many threads an op is launched on, and in what groups.</summary>
static class LaunchShape
{
    // Seen on PoCL with two cores: groups of 32 to 256 are within the noise of each other (ReLU on a million: 0.4-0.9 ms, alone 6 ms; a
    // 512³ product 80-125 ms, alone 210), as long as neighbouring items are neighbouring threads and a thread has one item: a grid that
    // strides is up to 20 times slower. Each group size is a compilation of its own there, so there is one. GPUs: not measured.
    const int ProcessorGroup = 64, GpuGroup = 128;

    // a GPU's grid may be longer, but past this a thread may as well take another item
    const int MaxGroups = 1 << 20;

    internal static KernelConfig Of(Accelerator accelerator, DeviceKind kind, bool isProcessor, int items)
    {
        // simulated threads of ILGPU's CPU launcher are operating-system threads: one an item would cost 70 µs each
        if (kind == DeviceKind.CpuIlgpu) return new KernelConfig(Math.Min(items, accelerator.NumMultiprocessors), 1);
        int group = Math.Min(isProcessor ? ProcessorGroup : GpuGroup, accelerator.MaxNumThreadsPerGroup);
        return new KernelConfig((int)Math.Min(((long)items + group - 1) / group, MaxGroups), group);
    }
}
