using GpuMlp.Kernels.Lanes;
using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Devices;

/// <summary>Float32 memory on a device, made and counted by it, zero at first, with room for a vector past its end.</summary>
class DeviceBuffer : IDisposable
{
    // a load of the widest lanes may begin at the last element; another such stretch is for aligning host memory
    const int Slack = 16, Alignment = 64;

    readonly MemoryBuffer1D<float, Stride1D.Dense>? memory;
    internal DeviceBuffer(ComputeDevice device, int length)
    {
        Device = device;
        Length = length;
        memory = device.Accelerator.Allocate1D<float>(FloatsOf(length));
        memory.MemSetToZero();
        int shift = 0;
        if (device.Host is not null) shift = (int)((Alignment - memory.NativePtr % Alignment) % Alignment / sizeof(float));
        View = memory.View.SubView(shift, length + Slack);
        if (device.Host is not null) Pointer = memory.NativePtr + shift * sizeof(float);
    }

    static long FloatsOf(int length) => length + 2L * Slack;

    internal static long BytesOf(int length) => FloatsOf(length) * sizeof(float);

    /// <summary>The same memory under another owner, who sees to its end.</summary>
    protected DeviceBuffer(DeviceBuffer shared) => (Device, Length, View, Pointer) = (shared.Device, shared.Length, shared.View, shared.Pointer);

    /// <summary>Memory that somebody else has, without room past its end: results may go there, nothing may be loaded.</summary>
    protected DeviceBuffer(ComputeDevice device, ArrayView<float> view) => (Device, Length, View) = (device, (int)view.Length, view);

    internal ComputeDevice Device { get; }

    internal int Length { get; }

    /// <summary>Whether the memory is gone, or may hold something else by now.</summary>
    internal bool Disposed { get; private protected set; }

    internal ArrayView<float> View { get; }

    /// <summary>The first element's address where the host can reach it, else 0.</summary>
    internal nint Pointer { get; }

    internal DeviceSpan All => new(this, 0, Length);

    public virtual void Dispose()
    {
        if (Disposed) return;
        Disposed = true;
        Device.Forget(this);
        try
        {
            memory?.Dispose();
        }
        catch (AcceleratorException)
        {
            // its device was lost, which was or will be said
        }
    }
}

/// <summary>A stretch of a device buffer.</summary>
readonly struct DeviceSpan(DeviceBuffer buffer, int offset, int length)
{
    internal DeviceBuffer Buffer => buffer;

    internal int Offset => offset;

    internal int Length => length;

    internal ComputeDevice Device => buffer.Device;

    internal DeviceSpan Slice(int start, int count) => new(buffer, offset + start, count);

    internal bool IsSame(DeviceSpan other) => buffer == other.Buffer && offset == other.Offset && length == other.Length;

    internal unsafe Span<float> OnHost => new((float*)buffer.Pointer + offset, length);

    /// <summary>The stretch as the kernels' wide lanes see it, with the buffer's slack behind it.</summary>
    public static unsafe implicit operator HostView(DeviceSpan span) => new((float*)span.Buffer.Pointer + span.Offset);

    /// <summary>The stretch as ILGPU's kernels see it.</summary>
    public static implicit operator ArrayView<float>(DeviceSpan span) => span.Buffer.View.SubView(span.Offset, span.Length);
}
