using GpuMlp.Kernels.Lanes;
using ILGPU;
using static System.FormattableString;

namespace GpuMlp.Devices.Memory;

/// <summary>Memory of a device in somebody's use. It goes back when its owner disposes it, or when nothing refers to it any more.</summary>
class DeviceBuffer : IDisposable
{
    /// <summary>The most floats of a buffer: kernels count in 32 bits, and a thread's last step past the end must not overflow either.</summary>
    internal const int MostFloats = int.MaxValue - (1 << 28);

    readonly MemoryBlock? block;
    bool disposed;

    internal DeviceBuffer(ComputeDevice device, MemoryBlock block) =>
        (Device, Length, this.block, Pointer) = (device, block.Length, block, block.Pointer);

    /// <summary>Memory that somebody else has, without room past its end: results may go there, nothing may be loaded.</summary>
    protected DeviceBuffer(ComputeDevice device, ArrayView<float> view) => (Device, Length, LentView) = (device, (int)view.Length, view);

    ArrayView<float> LentView { get; }

    internal ComputeDevice Device { get; }

    internal int Length { get; }

    /// <summary>Whether its owner gave it back. (Whether the device is gone is asked where the device is entered.)</summary>
    internal bool Disposed => disposed;

    internal ArrayView<float> View => block?.View ?? LentView;

    /// <summary>The first element's address where the host can reach it, else 0.</summary>
    internal nint Pointer { get; }

    /// <exception cref="ObjectDisposedException">It was disposed, or its device was.</exception>
    internal DeviceSpan All => !disposed && !Device.IsDisposed ? new(this, 0, Length) : throw Gone("this memory");

    /// <summary>A number of floats as the length of a buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A buffer does not hold so many; the message begins with <paramref name="what"/>.</exception>
    internal static int LengthOf(long floats, string what) => floats is >= 0 and <= MostFloats ? (int)floats
        : throw new ArgumentOutOfRangeException(null, Invariant($"{what}: {floats:N0} values; a buffer holds up to {MostFloats:N0}"));

    /// <summary>The length of a buffer for rows × columns.</summary>
    /// <inheritdoc cref="LengthOf(long, string)"/>
    internal static int LengthOf(int rows, int columns, string what) => LengthOf((long)rows * columns, what);

    /// <summary>What to throw where something that lay in this memory is used after its end.</summary>
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
    /// <param name="finalizing">Whether this is the finalizer's thread, which may do no more than say so.</param>
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
