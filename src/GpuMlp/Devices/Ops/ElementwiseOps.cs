using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Data;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Losses;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Activations, losses and batches on a device.</summary>
static class ElementwiseOps
{
    // about the number of operations of an exponential
    const int Transcendental = 30;

    /// <summary>y = f(x).</summary>
    internal static void ActivationForward<TActivation>(this ComputeDevice device, DeviceSpan x, DeviceSpan y, int n)
        where TActivation : struct, IActivation
    {
        if (device.Host is HostRunner host) host.Run(new ActivationForward<TActivation, HostView>(x, y, n), (long)Transcendental * n);
        else device.Launch(new ActivationForward<TActivation, ArrayView<float>>(x, y, n));
    }

    /// <summary>dx = dy·f′(x).</summary>
    internal static void ActivationBackward<TActivation>(this ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan dx, int n)
        where TActivation : struct, IActivation
    {
        if (device.Host is HostRunner host) host.Run(new ActivationBackward<TActivation, HostView>(x, dy, dx, n), (long)Transcendental * n);
        else device.Launch(new ActivationBackward<TActivation, ArrayView<float>>(x, dy, dx, n));
    }

    /// <summary>values = L(z, y), dz = L′(z, y) / n.</summary>
    internal static void LossForward<TLoss>(this ComputeDevice device, DeviceSpan z, DeviceSpan y, DeviceSpan values, DeviceSpan dz, int n)
        where TLoss : struct, ILoss
    {
        if (device.Host is HostRunner host) host.Run(new LossForward<TLoss, HostView>(z, y, values, dz, n), 3L * Transcendental * n);
        else device.Launch(new LossForward<TLoss, ArrayView<float>>(z, y, values, dz, n));
    }

    /// <summary>means[at] = the mean of n values.</summary>
    internal static void Mean(this ComputeDevice device, DeviceSpan values, DeviceSpan means, int n, int at) =>
        device.Means(values, means, 1, n, at);

    /// <summary>means[at], means[at + 1], … = the means of the rows of values (rows,n).</summary>
    internal static void Means(this ComputeDevice device, DeviceSpan values, DeviceSpan means, int rows, int n, int at)
    {
        if (device.Host is HostRunner host) host.Run(new Mean<HostView>(values, means, rows, n, at), HostRunner.Moving * rows * n);
        else device.Launch(new Mean<ArrayView<float>>(values, means, rows, n, at));
    }

    /// <summary>Copies rows picks[at], picks[at + 1], … of x (examples,f) and y (examples) into a batch.</summary>
    internal static void GatherBatch(
        this ComputeDevice device, DeviceSpan x, DeviceSpan y, DeviceSpan picks, int at, DeviceSpan batchX, DeviceSpan batchY, int n, int f)
    {
        if (device.Host is HostRunner host)
            host.Run(new GatherBatch<HostView>(x, y, picks, at, batchX, batchY, n, f), HostRunner.Moving * n * f);
        else device.Launch(new GatherBatch<ArrayView<float>>(x, y, picks, at, batchX, batchY, n, f));
    }
}
