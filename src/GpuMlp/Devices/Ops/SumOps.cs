using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Elementwise;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Sums;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Sums over rows, and the ops that use them.</summary>
static class SumOps
{
    // about the number of operations of an exponential
    const int Transcendental = 30;

    /// <summary>sums (m) of the rows of x (m,n).</summary>
    internal static void RowSums(this ComputeDevice device, DeviceSpan x, DeviceSpan sums, int m, int n)
    {
        if (device.Host is HostRunner host) host.Run(new RowSums<HostView>(x, sums, m, n), HostRunner.Moving * m * n);
        else device.Launch(new RowSums<ArrayView<float>>(x, sums, m, n));
    }

    /// <summary>Sets all of dx to dy / divisor, where dy is one number.</summary>
    internal static void Spread(this ComputeDevice device, DeviceSpan dy, DeviceSpan dx, float divisor)
    {
        if (device.Host is HostRunner host) host.Run(new Spread<HostView>(dy, dx, divisor, dx.Length), HostRunner.Moving * dx.Length);
        else device.Launch(new Spread<ArrayView<float>>(dy, dx, divisor, dx.Length));
    }

    /// <summary>y = softmax of the rows of x (m,n).</summary>
    internal static void SoftmaxForward(this ComputeDevice device, DeviceSpan x, DeviceSpan y, int m, int n)
    {
        if (device.Host is HostRunner host) host.Run(new SoftmaxForward<HostView>(x, y, m, n), (long)Transcendental * m * n);
        else device.Launch(new SoftmaxForward<ArrayView<float>>(x, y, m, n));
    }

    /// <summary>dx = y · (dy - Σ dy·y), row by row.</summary>
    internal static void SoftmaxBackward(this ComputeDevice device, DeviceSpan y, DeviceSpan dy, DeviceSpan dx, int m, int n)
    {
        if (device.Host is HostRunner host) host.Run(new SoftmaxBackward<HostView>(y, dy, dx, m, n), HostRunner.Moving * m * n);
        else device.Launch(new SoftmaxBackward<ArrayView<float>>(y, dy, dx, m, n));
    }

    /// <summary>values (n) and dz (n,c) of the cross-entropy of logits z (n,c) against labels y (n).</summary>
    internal static void CrossEntropy<TLabel>(
        this ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int n, int c)
        where TLabel : struct, IClassLabel
    {
        if (device.Host is HostRunner host)
            host.Run(new CrossEntropy<TLabel, HostView>(z, y, values, dz, n, c), 2L * Transcendental * n * c);
        else device.Launch(new CrossEntropy<TLabel, ArrayView<float>>(z, y, values, dz, n, c));
    }
}
