using CudaEmulator.Memory;

namespace CudaEmulator.Api;

/// <summary>A context: its own memory, and the error of a kernel that failed in it.</summary>
sealed class CudaContext(ulong memory)
{
    /// <summary>The card's memory.</summary>
    public DeviceMemory Memory { get; } = new(memory);

    /// <summary>The error of a kernel that did something forbidden; every later call returns it.</summary>
    public CudaError Lost { get; set; }
}
