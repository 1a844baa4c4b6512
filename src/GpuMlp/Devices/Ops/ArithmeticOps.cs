using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Elementwise;
using GpuMlp.Kernels.Lanes;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Arithmetic on matrices, where rows, columns or scalars may repeat.</summary>
static class ArithmeticOps
{
    /// <summary>y = f(a, b) over rows × columns.</summary>
    internal static void BinaryForward<TBinary>(
        this ComputeDevice device, DeviceSpan a, DeviceSpan b, DeviceSpan y, int rows, int columns, Broadcast aStep, Broadcast bStep)
        where TBinary : struct, IBinary
    {
        if (device.Host is HostRunner host)
            host.Run(new BinaryForward<TBinary, HostView>(a, b, y, rows, columns, aStep, bStep), HostRunner.Moving * rows * columns);
        else device.Launch(new BinaryForward<TBinary, ArrayView<float>>(a, b, y, rows, columns, aStep, bStep));
    }

    /// <summary>dx = dy · ∂f/∂a, or dy · ∂f/∂b where second is 1, over rows × columns.</summary>
    internal static void BinaryBackward<TBinary>(this ComputeDevice device, DeviceSpan a, DeviceSpan b, DeviceSpan dy, DeviceSpan dx,
        int rows, int columns, Broadcast aStep, Broadcast bStep, int second) where TBinary : struct, IBinary
    {
        if (device.Host is HostRunner host)
            host.Run(new BinaryBackward<TBinary, HostView>(a, b, dy, dx, rows, columns, aStep, bStep, second),
                HostRunner.Moving * rows * columns);
        else device.Launch(new BinaryBackward<TBinary, ArrayView<float>>(a, b, dy, dx, rows, columns, aStep, bStep, second));
    }

    /// <summary>sum = a + b for spans of one length; sum may be one of them.</summary>
    internal static void AddTo(this ComputeDevice device, DeviceSpan a, DeviceSpan b, DeviceSpan sum) =>
        device.BinaryForward<Add>(a, b, sum, 1, sum.Length, new Broadcast(0, 1), new Broadcast(0, 1));

    /// <summary>y = x limited to the range from low to high.</summary>
    internal static void ClampForward(this ComputeDevice device, DeviceSpan x, DeviceSpan y, float low, float high)
    {
        if (device.Host is HostRunner host) host.Run(new ClampForward<HostView>(x, y, low, high, y.Length), HostRunner.Moving * y.Length);
        else device.Launch(new ClampForward<ArrayView<float>>(x, y, low, high, y.Length));
    }

    /// <summary>dx = dy where low ≤ x ≤ high, else 0.</summary>
    internal static void ClampBackward(this ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan dx, float low, float high)
    {
        if (device.Host is HostRunner host)
            host.Run(new ClampBackward<HostView>(x, dy, dx, low, high, dx.Length), HostRunner.Moving * dx.Length);
        else device.Launch(new ClampBackward<ArrayView<float>>(x, dy, dx, low, high, dx.Length));
    }

    /// <summary>Sets all of y to value.</summary>
    internal static void Fill(this ComputeDevice device, DeviceSpan y, float value)
    {
        if (device.Host is HostRunner host) host.Run(new Fill<HostView>(y, value, y.Length), HostRunner.Moving * y.Length);
        else device.Launch(new Fill<ArrayView<float>>(y, value, y.Length));
    }
}
