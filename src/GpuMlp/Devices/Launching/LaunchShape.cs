using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Devices.Launching;

/// <summary>The number of threads that an op is launched on, and the size of their groups.</summary>
static class LaunchShape
{
    // Measured on PoCL with two cores: groups of 32 to 256 threads differ by no more than noise (ReLU of a million values: 0.4-0.9 ms, in
    // groups of one thread 6 ms; a 512³ product: 80-125 ms, in groups of one 210 ms), as long as neighbouring threads have neighbouring
    // items and a thread has one item: a grid that strides is up to 20 times slower. Each group size is compiled separately there, so all
    // launches use one size. Not measured on GPUs.
    const int ProcessorGroup = 64, GpuGroup = 128;

    // a GPU's grid may be longer, but beyond this a thread can as well take another item
    const int MaxGroups = 1 << 20;

    internal static KernelConfig Of(Accelerator accelerator, DeviceKind kind, bool isProcessor, int items)
    {
        // the threads of ILGPU's CPU launcher are threads of the operating system: one thread per item would cost 70 µs each
        if (kind == DeviceKind.CpuIlgpu) return new KernelConfig(Math.Min(items, accelerator.NumMultiprocessors), 1);
        int group = Math.Min(isProcessor ? ProcessorGroup : GpuGroup, accelerator.MaxNumThreadsPerGroup);
        return new KernelConfig((int)Math.Min(((long)items + group - 1) / group, MaxGroups), group);
    }
}
