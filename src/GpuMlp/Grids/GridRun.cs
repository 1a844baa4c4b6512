using System.Runtime.InteropServices;
using GpuMlp.Devices;
using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Layers;
using GpuMlp.Tensors;

namespace GpuMlp.Grids;

/// <summary>
/// The memory for one grid on a device: its axes, the parameter sets, scratch memory, and a band of values if the device is not the host.
/// </summary>
sealed class GridRun : IDisposable
{
    readonly GridNetwork plan;
    readonly GridSpec grid;
    readonly ComputeDevice device;
    readonly DeviceSpan parameters;
    readonly int sets;
    readonly Tensor x, y;
    readonly DeviceBuffer scratch;
    readonly GridBatches? batches;
    DeviceBuffer? band, classes;

    /// <param name="network">The network.</param>
    /// <param name="plan">What grids need to know of the network.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="sets">Parameter sets to use instead of the network's own, one arena per row; null for none.</param>
    internal GridRun(Sequential network, GridNetwork plan, GridSpec grid, Tensor? sets = null)
    {
        (this.plan, this.grid, device) = (plan, grid, network.Device);
        parameters = sets?.Span ?? network.Arena.Values;
        this.sets = sets?.Rows ?? 1;
        x = Tensor.From(device, grid.X, 1, grid.Width);
        y = Tensor.From(device, grid.Y, 1, grid.Height);
        scratch = device.Allocate(plan.Form == GridForm.Tiles ? device.GridTilesScratchLength(plan.Widths.Max()) : 0);
        if (plan.Form == GridForm.Batches) batches = new GridBatches(network, plan, grid, sets);
    }

    /// <summary>Writes the values of all parameter sets into host memory.</summary>
    internal void ToHost(GridValue value, Span<float> target)
    {
        if (device.Host is not null || sets > 1) ToHost(0, grid.Height, value, target);
        else if (!IntoHost(0, grid.Height, value, target))
        {
            int rows = Math.Max(1, device.GridBandPoints() / grid.Width);
            for (int row = 0; row < grid.Height; row += rows)
            {
                int n = Math.Min(rows, grid.Height - row);
                ToHost(row, n, value, target.Slice(row * grid.Width, n * grid.Width));
            }
        }
    }

    /// <summary>
    /// Writes the values of some rows, for every parameter set, into host memory; on the host the kernel writes there directly.
    /// </summary>
    internal void ToHost(int firstRow, int rows, GridValue value, Span<float> target)
    {
        try
        {
            Band(firstRow, rows, value, target);
        }
        catch (DeviceException e) when (e.IsStopped && rows > 1 && sets == 1)
        {
            int half = rows / 2;                                       // half as many loop iterations per thread
            ToHost(firstRow, half, value, target[..(half * grid.Width)]);
            ToHost(firstRow + half, rows - half, value, target[(half * grid.Width)..]);
        }
    }

    unsafe void Band(int firstRow, int rows, GridValue value, Span<float> target)
    {
        if (batches is not null) batches.ToHost(firstRow, rows, value, target);
        else if (device.Host is HostRunner host)
        {
            fixed (float* results = target) plan.Kernels.Run(host, device, plan.Form, Job(firstRow, rows), value, new HostView(results));
        }
        else
        {
            if (IntoHost(firstRow, rows, value, target)) return;
            DeviceSpan values = EnsureBuffer(ref band, target.Length);
            OnDevice(firstRow, rows, value, values);
            device.CopyToHost(values, target);
        }
    }

    // a device that is the machine's processor writes directly into host memory
    unsafe bool IntoHost(int firstRow, int rows, GridValue value, Span<float> target)
    {
        if (batches is not null) return false;
        fixed (float* pinned = target)
        {
            if (!LentBuffer.TryLend(device, (nint)pinned, target.Length, out LentBuffer? lent)) return false;
            using (lent)
            {
                OnDevice(firstRow, rows, value, lent.All);
                lent.Return();
                device.RequireFinished();
            }
        }
        return true;
    }

    /// <summary>Writes the values of some rows, for every parameter set, into device memory.</summary>
    internal void OnDevice(int firstRow, int rows, GridValue value, DeviceSpan target)
    {
        if (batches is not null) batches.OnDevice(firstRow, rows, value, target);
        else plan.Kernels.Run(device, plan.Form, Job(firstRow, rows), value, target);
    }

    /// <summary>Writes the classes of some rows into host memory.</summary>
    internal unsafe void ClassesToHost(int firstRow, int rows, Span<byte> target)
    {
        DeviceSpan logits = EnsureBuffer(ref band, target.Length);
        OnDevice(firstRow, rows, GridValue.Logit, logits);
        if (device.Host is HostRunner host)
        {
            fixed (byte* bytes = target) host.Classes(logits, bytes, target.Length);
            return;
        }
        DeviceSpan packed = EnsureBuffer(ref classes, (target.Length + 3) / 4);
        device.PackClasses(logits, packed, target.Length);
        var words = new float[packed.Length];
        device.CopyToHost(packed, words);
        MemoryMarshal.AsBytes(words.AsSpan())[..target.Length].CopyTo(target);
    }

    GridJob Job(int firstRow, int rows) => new(plan.Widths, parameters, sets, x.Span, y.Span.Slice(firstRow, rows), scratch.All);

    DeviceSpan EnsureBuffer(ref DeviceBuffer? buffer, int length)
    {
        if (buffer is null || buffer.Length < length)
        {
            buffer?.Dispose();
            buffer = device.Allocate(length);
        }
        return buffer.All.Slice(0, length);
    }

    public void Dispose()
    {
        x.Dispose();
        y.Dispose();
        scratch.Dispose();
        band?.Dispose();
        classes?.Dispose();
    }
}
