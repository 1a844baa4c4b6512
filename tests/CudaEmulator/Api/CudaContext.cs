using CudaEmulator.Memory;

namespace CudaEmulator.Api;

/// <summary>A context: memory of its own, and the error that it was left with.</summary>
sealed class CudaContext(ulong memory)
{
    /// <summary>The card's memory.</summary>
    public DeviceMemory Memory { get; } = new(memory);

    /// <summary>What a kernel ended in that did what it may not: every later call returns it.</summary>
    public CudaError Lost { get; set; }
}
