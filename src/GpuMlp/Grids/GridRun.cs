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
    long mostPoints = long.MaxValue;                                    // of a launch that the driver lets run to its end

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

    GridPart Whole => new(0, sets, 0, grid.Height, 0, grid.Width);

    static GridPart Rows(GridSpec grid, int first, int count) => new(0, 1, first, count, 0, grid.Width);

    /// <summary>Writes the values of all parameter sets into host memory.</summary>
    internal void ToHost(GridValue value, Span<float> target) => ToHost(Whole, value, target);

    /// <summary>Writes the values of some rows into host memory; on the host the kernel writes there directly.</summary>
    internal void ToHost(int firstRow, int rows, GridValue value, Span<float> target) =>
        ToHost(Rows(grid, firstRow, rows), value, target);

    void ToHost(GridPart part, GridValue value, Span<float> target) =>
        InParts(part, target, (some, to) => Values(some, value, to), static (to, at, n) => to.Slice(at, n));

    /// <summary>Writes the values of the network's own parameters into device memory, and waits for them.</summary>
    internal void OnDevice(GridValue value, DeviceSpan target) => InParts(Whole, target, (part, to) =>
    {
        Launch(part, value, to);
        device.Synchronize();
    }, static (to, at, n) => to.Slice(at, n));

    /// <summary>Writes the classes of some rows into host memory.</summary>
    internal void ClassesToHost(int firstRow, int rows, Span<byte> target) =>
        InParts(Rows(grid, firstRow, rows), target, Classes, static (to, at, n) => to.Slice(at, n));

    // A driver that ends loops early may finish half of a part, since each thread then has half as many iterations.
    void InParts<TTarget>(GridPart part, TTarget target, Action<GridPart, TTarget> compute, Func<TTarget, int, int, TTarget> slice)
        where TTarget : allows ref struct
    {
        if (part.Points <= mostPoints)
        {
            try
            {
                compute(part, target);
                return;
            }
            catch (DeviceException e) when (e.IsStopped && part.Points > 1)
            {
                mostPoints = part.Points / 2;
            }
        }
        (GridPart first, GridPart second) = part.Halves();
        int length = (int)first.Points;
        InParts(first, slice(target, 0, length), compute, slice);
        InParts(second, slice(target, length, (int)second.Points), compute, slice);
    }

    unsafe void Values(GridPart part, GridValue value, Span<float> target)
    {
        if (batches is not null) batches.ToHost(part, value, target);
        else if (device.Host is HostRunner host)
        {
            fixed (float* results = target) plan.Kernels.Run(host, device, plan.Form, Job(part), value, new HostView(results));
        }
        else if (!IntoHost(part, value, target)) ThroughDevice(part, value, target);
    }

    // a device that is the machine's processor writes directly into host memory
    unsafe bool IntoHost(GridPart part, GridValue value, Span<float> target)
    {
        fixed (float* pinned = target)
        {
            if (!LentBuffer.TryLend(device, (nint)pinned, target.Length, out LentBuffer? lent)) return false;
            using (lent)
            {
                Launch(part, value, lent.All);
                lent.Return();
                device.RequireFinished();
            }
        }
        return true;
    }

    void ThroughDevice(GridPart part, GridValue value, Span<float> target)
    {
        int rows = part.Sets > 1 ? part.Rows : Math.Clamp(device.GridBandPoints() / grid.Width, 1, part.Rows);
        for (int row = 0; row < part.Rows; row += rows)
        {
            GridPart some = part with { FirstRow = part.FirstRow + row, Rows = Math.Min(rows, part.Rows - row) };
            int length = (int)some.Points;
            DeviceSpan values = EnsureBuffer(ref band, length);
            Launch(some, value, values);
            device.CopyToHost(values, target.Slice(row * grid.Width, length));
        }
    }

    unsafe void Classes(GridPart part, Span<byte> target)
    {
        DeviceSpan logits = EnsureBuffer(ref band, target.Length);
        Launch(part, GridValue.Logit, logits);
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

    void Launch(GridPart part, GridValue value, DeviceSpan target)
    {
        if (batches is not null) batches.OnDevice(part, value, target);
        else plan.Kernels.Run(device, plan.Form, Job(part), value, target);
    }

    GridJob Job(GridPart part)
    {
        int arena = parameters.Length / sets;
        DeviceSpan used = parameters.Slice(part.FirstSet * arena, part.Sets * arena);
        return new(plan.Widths, used, part.Sets, x.Span.Slice(part.FirstColumn, part.Columns),
            y.Span.Slice(part.FirstRow, part.Rows), scratch.All);
    }

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
