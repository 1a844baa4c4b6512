using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Optimizers;

namespace GpuMlp.Training;

/// <summary>
/// A table, on the device, of the settings that change from step to step and are the same for all networks of a launch; empty if the
/// optimizer is constant.
/// </summary>
sealed class StepTable(ComputeDevice device, OptimizerSpec optimizer) : IDisposable
{
    DeviceBuffer buffer = device.Allocate(0);
    float[] rows = [];

    internal bool IsEmpty => optimizer.IsConstant;

    /// <summary>The table's rows for steps first, first + 1, …</summary>
    internal DeviceSpan Of(int first, int steps)
    {
        if (IsEmpty) return buffer.All;
        int length = DeviceBuffer.LengthOf(steps, StepNumbers.TableRow, $"{steps} steps of a launch");
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = device.Allocate(length);
            rows = new float[length];
        }
        for (int k = 0; k < steps; k++) optimizer.Fill(first + k, rows.AsSpan(k * StepNumbers.TableRow, StepNumbers.TableRow));
        device.CopyToDevice(rows.AsSpan(0, length), buffer.All.Slice(0, length));
        return buffer.All.Slice(0, length);
    }

    public void Dispose() => buffer.Dispose();
}
