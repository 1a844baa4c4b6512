namespace GpuMlp.Devices;

/// <summary>The kinds of devices.</summary>
public enum DeviceKind
{
    /// <summary>The processor: .NET compiles the kernel bodies with SIMD vectors, over the CPU accelerator's own memory.</summary>
    Cpu,

    /// <summary>The processor through ILGPU's own CPU launcher: slow, for comparison and debugging.</summary>
    CpuIlgpu,

    /// <summary>An OpenCL device.</summary>
    OpenCL,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,
}
