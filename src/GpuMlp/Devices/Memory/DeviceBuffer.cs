using GpuMlp.Kernels.Lanes;
using ILGPU;
using static System.FormattableString;

namespace GpuMlp.Devices.Memory;

/// <summary>Device memory that is in use. It goes back when its owner disposes it, or when nothing refers to it any more.</summary>
class DeviceBuffer : IDisposable
{
    /// <summary>The most floats of a buffer. Kernels count in 32 bits, and a thread's last stride past the end must not overflow.</summary>
    internal const int MostFloats = int.MaxValue - (1 << 28);

    readonly MemoryBlock? block;
    bool disposed;

    internal DeviceBuffer(ComputeDevice device, MemoryBlock block) =>
        (Device, Length, this.block, Pointer) = (device, block.Length, block, block.Pointer);

    /// <summary>
    /// A buffer over memory that belongs to others and has no slack past its end: kernels may store to it but not load from it.
    /// </summary>
    protected DeviceBuffer(ComputeDevice device, ArrayView<float> view) => (Device, Length, LentView) = (device, (int)view.Length, view);

    ArrayView<float> LentView { get; }

    internal ComputeDevice Device { get; }

    internal int Length { get; }

    /// <summary>Whether the owner disposed it. (Whether the device was disposed is checked where a call begins.)</summary>
    internal bool Disposed => disposed;

    internal ArrayView<float> View => block?.View ?? LentView;

    /// <summary>The address of the first element if the host can reach it, else 0.</summary>
    internal nint Pointer { get; }

    /// <summary>All of the buffer.</summary>
    /// <exception cref="ObjectDisposedException">The buffer or its device was disposed.</exception>
    internal DeviceSpan All => !disposed && !Device.IsDisposed ? new(this, 0, Length) : throw Gone("this memory");

    /// <summary>A number of floats as the length of a buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// No buffer holds that many floats; the message begins with <paramref name="what"/>.
    /// </exception>
    internal static int LengthOf(long floats, string what) => floats is >= 0 and <= MostFloats ? (int)floats
        : throw new ArgumentOutOfRangeException(null, Invariant($"{what}: {floats:N0} values; a buffer holds up to {MostFloats:N0}"));

    /// <summary>The length of a buffer for rows × columns.</summary>
    /// <inheritdoc cref="LengthOf(long, string)"/>
    internal static int LengthOf(int rows, int columns, string what) => LengthOf((long)rows * columns, what);

    /// <summary>The exception for the use of something whose memory was disposed.</summary>
    internal ObjectDisposedException Gone(string what) =>
        new(null, $"{what} was disposed{(Device.IsDisposed ? $" with its device {Device.Description.Id}" : "")}");

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        GC.SuppressFinalize(this);
        Release(block, false);
    }

    /// <summary>Gives the memory back.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="finalizing">Whether the finalizer calls this: its thread may only set the memory aside.</param>
    private protected virtual void Release(MemoryBlock? memory, bool finalizing)
    {
        if (memory is null) return;
        if (finalizing) Device.Abandon(memory);
        else Device.Free(memory);
    }

    ~DeviceBuffer()
    {
        if (!disposed) Release(block, true);
    }
}

/// <summary>A part of a device buffer: consecutive floats.</summary>
readonly struct DeviceSpan(DeviceBuffer buffer, int offset, int length)
{
    internal DeviceBuffer Buffer => buffer;

    internal int Offset => offset;

    internal int Length => length;

    internal ComputeDevice Device => buffer.Device;

    internal DeviceSpan Slice(int start, int count) => new(buffer, offset + start, count);

    internal bool IsSame(DeviceSpan other) => buffer == other.Buffer && offset == other.Offset && length == other.Length;

    internal unsafe Span<float> OnHost => new((float*)buffer.Pointer + offset, length);

    /// <summary>The span as the host's vectors see it, followed by the buffer's slack.</summary>
    public static unsafe implicit operator HostView(DeviceSpan span) => new((float*)span.Buffer.Pointer + span.Offset);

    /// <summary>The span as ILGPU's kernels see it.</summary>
    public static implicit operator ArrayView<float>(DeviceSpan span) => span.Buffer.View.SubView(span.Offset, span.Length);
}
