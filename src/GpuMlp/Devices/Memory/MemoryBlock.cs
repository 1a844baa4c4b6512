using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Devices.Memory;

/// <summary>Float32 memory from the system or a driver, zero at first, with slack for one vector past its end.</summary>
abstract class MemoryBlock(int length)
{
    /// <summary>Floats past the end: a load of the widest vector may begin at the last element.</summary>
    internal const int Slack = 16;

    /// <summary>Floats that a block holds, without the slack.</summary>
    internal int Length => length;

    /// <summary>Bytes that a block of that many floats takes.</summary>
    internal static long BytesOf(int length) => FloatsOf(length) * sizeof(float);

    // twice the slack: the second is for aligning host memory
    private protected static long FloatsOf(int length) => length + 2L * Slack;

    /// <summary>The block as ILGPU's kernels see it; not for host memory.</summary>
    internal virtual ArrayView<float> View => throw new NotSupportedException("host memory is reached by its address");

    /// <summary>The address of the first element if the host can reach it, else 0.</summary>
    internal virtual nint Pointer => 0;

    /// <summary>Gives the memory back; the device calls it once.</summary>
    internal abstract void Free();
}

/// <summary>Memory of the process itself, aligned for the widest vectors.</summary>
sealed unsafe class HostBlock : MemoryBlock
{
    const int Alignment = 64;

    void* memory;

    internal HostBlock(int length) : base(length)
    {
        memory = NativeMemory.AllocZeroed((nuint)BytesOf(length));
        Pointer = (nint)(((nuint)memory + Alignment - 1) / Alignment * Alignment);
    }

    internal override nint Pointer { get; }

    internal override void Free()
    {
        GC.SuppressFinalize(this);
        NativeMemory.Free(memory);
        memory = null;
    }

    // for a device that nobody disposed: nothing runs on it any more, since every use keeps the device alive
    ~HostBlock() => NativeMemory.Free(memory);
}

/// <summary>Memory that ILGPU took from a driver.</summary>
sealed class DriverBlock : MemoryBlock
{
    readonly MemoryBuffer1D<float, Stride1D.Dense> memory;

    internal DriverBlock(Accelerator accelerator, int length) : base(length)
    {
        memory = accelerator.Allocate1D<float>(FloatsOf(length));
        memory.MemSetToZero();
        View = memory.View.SubView(0, length + Slack);
    }

    internal override ArrayView<float> View { get; }

    internal override void Free()
    {
        try
        {
            memory.Dispose();
        }
        catch (AcceleratorException)
        {
            // the device was lost, which is reported elsewhere
        }
    }
}
