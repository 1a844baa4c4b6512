using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Linear;
using GpuMlp.Kernels.Numerics;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Linear's products on a device. Shape alphabet: n batch rows, i inputs, o outputs; x (n,i), w (i,o), b (o), y (n,o).</summary>
static class LinearOps
{
    /// <summary>y = x·w + b.</summary>
    internal static void LinearForward(
        this ComputeDevice device, DeviceSpan x, DeviceSpan w, DeviceSpan b, DeviceSpan y, int n, int i, int o)
    {
        if (o == 1) SingleOutput(device, x, w, b, y, n, i, 1);
        else device.MatMul<PlainEnd>(new Product(new(x, i, 1), new(w, 1, o), y, n, o, i) { Start = b });
    }

    /// <summary>y = x·w, in Linear's order of sums, without a bias.</summary>
    internal static void Product(this ComputeDevice device, DeviceSpan x, DeviceSpan w, DeviceSpan y, int n, int i, int o)
    {
        if (o == 1) SingleOutput(device, x, w, w, y, n, i, 0);
        else device.MatMul<PlainEnd>(new Product(new(x, i, 1), new(w, 1, o), y, n, o, i));
    }

    /// <summary>dx = dy·wᵀ.</summary>
    internal static void LinearInputGradient(
        this ComputeDevice device, DeviceSpan dy, DeviceSpan w, DeviceSpan dx, int n, int i, int o)
    {
        if (o is 1 or > BlockedSum.Length) device.MatMul<PlainEnd>(new Product(new(dy, o, 1), new(w, o, 1), dx, n, i, o));
        else if (device.Host is HostRunner host)
            host.Run(new LinearInputGradient<PlainEnd, HostView>(dy, w, dx, dx, n, i, o), 2L * n * i * o);
        else device.Launch(new LinearInputGradient<PlainEnd, ArrayView<float>>(dy, w, dx, dx, n, i, o));
    }

    /// <summary>dw = xᵀ·dy and db = the column sums of dy.</summary>
    internal static void LinearParameterGradients(
        this ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan dw, DeviceSpan db, int n, int i, int o)
    {
        if (o > 1) device.MatMul<PlainEnd>(new Product(new(x, 1, i), new(dy, 1, o), dw, i, o, n) { Sums = db });
        else
        {
            device.WeightGradient(x, dy, dw, n, i, o);
            device.ColumnSums(dy, db, n, o);
        }
    }

    /// <summary>dw = xᵀ·dy.</summary>
    internal static void WeightGradient(this ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan dw, int n, int i, int o) =>
        device.MatMul<PlainEnd>(o > 1
            ? new Product(new(x, 1, i), new(dy, 1, o), dw, i, o, n)
            : new Product(new(dy, 0, 1), new(x, 1, i), dw, 1, i, n));        // the same sums, with the inputs as columns to fill vectors

    static void SingleOutput(ComputeDevice device, DeviceSpan x, DeviceSpan w, DeviceSpan b, DeviceSpan y, int n, int i, int hasBias)
    {
        if (device.Host is HostRunner host) host.Run(new LinearSingleOutput<HostView>(x, w, b, y, n, i, hasBias), 2L * n * i);
        else device.Launch(new LinearSingleOutput<ArrayView<float>>(x, w, b, y, n, i, hasBias));
    }

    internal static void ColumnSums(this ComputeDevice device, DeviceSpan a, DeviceSpan sums, int m, int n)
    {
        if (device.Host is HostRunner host) host.Run(new ColumnSums<HostView>(a, sums, m, n), (long)m * n);
        else device.Launch(new ColumnSums<ArrayView<float>>(a, sums, m, n));
    }

    internal static void Transpose(this ComputeDevice device, DeviceSpan a, DeviceSpan t, int m, int n)
    {
        if (device.Host is HostRunner host) host.Run(new Transpose<HostView>(a, t, m, n), (long)m * n);
        else device.Launch(new Transpose<ArrayView<float>>(a, t, m, n));
    }
}
