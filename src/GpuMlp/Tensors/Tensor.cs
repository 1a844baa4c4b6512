using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;

namespace GpuMlp.Tensors;

/// <summary>A matrix of float32 on a device: rows × columns, row-major. The host reads and writes it by copies.</summary>
/// <remarks>
/// <see cref="Dispose"/> gives the memory back at once; a tensor that nothing refers to gives it back later, by itself. A tensor that was
/// disposed, alone or with its network or device, throws <see cref="ObjectDisposedException"/> wherever its values are needed. While
/// another thread is using the device, it throws <see cref="InvalidOperationException"/>.
/// </remarks>
public sealed class Tensor : IDisposable
{
    readonly DeviceSpan span;
    readonly bool owned;

    /// <summary>A tensor of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Rows or columns are negative, or there are more values than a buffer holds.
    /// </exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    public Tensor(ComputeDevice device, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        using DeviceUse use = device.Use();
        (Rows, Columns, owned) = (rows, columns, true);
        span = device.Allocate((long)rows * columns, $"a tensor of {Shape}").All;
    }

    internal Tensor(DeviceSpan span, int rows, int columns) => (this.span, Rows, Columns) = (span, rows, columns);

    /// <summary>A tensor with the values of a matrix.</summary>
    public static Tensor From(ComputeDevice device, float[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(device, Flat(values), values.GetLength(0), values.GetLength(1));
    }

    /// <summary>The values of a matrix, row after row.</summary>
    internal static ReadOnlySpan<float> Flat(float[,] values) => MemoryMarshal.CreateReadOnlySpan(
        ref Unsafe.As<byte, float>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);

    /// <summary>A tensor with row-major values.</summary>
    /// <exception cref="ArgumentException">The number of values is not rows · columns.</exception>
    public static Tensor From(ComputeDevice device, ReadOnlySpan<float> values, int rows, int columns)
    {
        var tensor = new Tensor(device, rows, columns);
        tensor.CopyFrom(values);
        return tensor;
    }

    /// <summary>Where the values lie on the device.</summary>
    /// <exception cref="ObjectDisposedException">The tensor, the tensor that it is part of, or its device was disposed.</exception>
    internal DeviceSpan Span => !span.Buffer.Disposed ? span : throw Gone();

    // in a method of its own, so that Span is small enough to be inlined: a step reads it twenty times
    ObjectDisposedException Gone() => span.Buffer.Gone($"this tensor ({Shape})");

    /// <summary>How often the host has written values since the tensor was made.</summary>
    internal int Version { get; private set; }

    internal bool Disposed => span.Buffer.Disposed;

    /// <summary>The device that holds the values.</summary>
    public ComputeDevice Device => span.Device;

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Rows · Columns.</summary>
    public int Length => Rows * Columns;

    /// <summary>"rows × columns".</summary>
    public string Shape => $"{Rows} × {Columns}";

    /// <summary>Copies row-major values onto the device.</summary>
    /// <exception cref="ArgumentException">The number of values is not Length.</exception>
    public void CopyFrom(ReadOnlySpan<float> values)
    {
        if (values.Length != Length)
            throw new ArgumentException($"a {Shape} tensor takes {Length} values, got {values.Length}", nameof(values));
        using DeviceUse use = Device.Use();
        Device.CopyToDevice(values, Span);
        Version++;
    }

    /// <summary>Copies the values to the host, row-major.</summary>
    /// <exception cref="ArgumentException">The length of the target is not Length.</exception>
    public void CopyTo(Span<float> target)
    {
        if (target.Length != Length)
            throw new ArgumentException($"a {Shape} tensor gives {Length} values, the target holds {target.Length}", nameof(target));
        using DeviceUse use = Device.Use();
        Device.CopyToHost(Span, target);
    }

    /// <summary>The values, row-major, on the host.</summary>
    public float[] ToArray()
    {
        var values = new float[Length];
        CopyTo(values);
        return values;
    }

    /// <summary>The values as a matrix, on the host.</summary>
    public float[,] ToMatrix()
    {
        var values = new float[Rows, Columns];
        CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<byte, float>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length));
        return values;
    }

    /// <summary>The value of a 1 × 1 tensor; waits for the device.</summary>
    /// <exception cref="InvalidOperationException">The tensor has another shape.</exception>
    public float Item()
    {
        if (Length != 1) throw new InvalidOperationException($"Item() reads a 1 × 1 tensor; this one is {Shape}");
        float value = 0;
        CopyTo(new Span<float>(ref value));
        return value;
    }

    /// <summary>Frees the memory, unless the tensor is part of something larger.</summary>
    public void Dispose()
    {
        if (owned) span.Buffer.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"Tensor {Shape} on {Device.Description.Id}";
}
