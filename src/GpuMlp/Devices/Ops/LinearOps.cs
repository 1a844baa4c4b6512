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
        if (o > 1) MatMul(device, x, w, b, y, n, o, i, i, 1, 1);
        else SingleOutput(device, x, w, b, y, n, i, 1);
    }

    /// <summary>dx = dy·wᵀ; wt is memory for wᵀ (o,i), used if <see cref="NeedsTransposed"/>.</summary>
    internal static void LinearInputGradient(
        this ComputeDevice device, DeviceSpan dy, DeviceSpan w, DeviceSpan wt, DeviceSpan dx, int n, int i, int o)
    {
        if (o == 1) MatMul(device, dy, w, w, dx, n, i, 1, 1, 1, 0);             // (i,1) and (1,i) have the same layout
        else if (NeedsTransposed(o))
        {
            device.Transpose(w, wt, i, o);
            MatMul(device, dy, wt, wt, dx, n, i, o, o, 1, 0);
        }
        else if (device.Host is HostRunner host) host.Run(new LinearInputGradient<HostView>(dy, w, dx, n, i, o), 2L * n * i * o);
        else device.Launch(new LinearInputGradient<ArrayView<float>>(dy, w, dx, n, i, o));
    }

    /// <summary>
    /// Whether dx is a product with wᵀ, which ascends over the outputs, instead of a strided sum per value: above one block of outputs.
    /// </summary>
    internal static bool NeedsTransposed(int o) => o > BlockedSum.Length;

    /// <summary>dw = xᵀ·dy and db = the column sums of dy.</summary>
    internal static void LinearParameterGradients(
        this ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan dw, DeviceSpan db, int n, int i, int o)
    {
        device.WeightGradient(x, dy, dw, n, i, o);
        device.ColumnSums(dy, db, n, o);
    }

    /// <summary>dw = xᵀ·dy.</summary>
    internal static void WeightGradient(this ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan dw, int n, int i, int o)
    {
        if (o == 1) MatMul(device, dy, x, x, dw, 1, i, n, 0, 1, 0);      // the same sums, with the inputs as columns to fill the vectors
        else MatMul(device, x, dy, dy, dw, i, o, n, 1, i, 0);
    }

    /// <summary>y = x·w, in Linear's order of sums, without a bias.</summary>
    internal static void Product(this ComputeDevice device, DeviceSpan x, DeviceSpan w, DeviceSpan y, int n, int i, int o)
    {
        if (o > 1) MatMul(device, x, w, w, y, n, o, i, i, 1, 0);
        else SingleOutput(device, x, w, w, y, n, i, 0);
    }

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

    internal static void MatMul(
        this ComputeDevice device, DeviceSpan a, DeviceSpan b, DeviceSpan start, DeviceSpan c,
        int m, int n, int k, int aRow, int aStep, int hasStart)
    {
        if (device.Host is HostRunner host) host.Run(new MatMul<HostView>(a, b, start, c, m, n, k, aRow, aStep, hasStart), 2L * m * n * k);
        else device.Launch(new MatMul<ArrayView<float>>(a, b, start, c, m, n, k, aRow, aStep, hasStart));
    }
}
