namespace GpuMlp.Kernels.Lanes;

/// <summary>Float32 memory that the host can address: a CPU accelerator's buffer, or a position in it.</summary>
public readonly unsafe struct HostView(float* pointer)
{
    /// <summary>The first element.</summary>
    public float* Pointer { get; } = pointer;
}
