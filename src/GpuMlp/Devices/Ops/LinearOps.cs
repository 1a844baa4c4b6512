using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Activations;
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
        else if (Small(device, n, i, o) is HostRunner host)
            host.Run(new SmallMatMul<HostView>(x, w, b, y, n, o, i, i, 1, 1), 2L * n * i * o);
        else device.MatMul<PlainEnd>(new Product(new(x, i, 1), new(w, 1, o), y, n, o, i) { Start = b });
    }

    /// <summary>z = x·w + b and y = f(z) in one pass; w has two outputs or more.</summary>
    internal static void LinearForward<TActivation>(
        this ComputeDevice device, DeviceSpan x, DeviceSpan w, DeviceSpan b, DeviceSpan z, DeviceSpan y, int n, int i, int o)
        where TActivation : struct, IActivation
    {
        if (Small(device, n, i, o) is null)
        {
            device.MatMul<ActivationEnd<TActivation>>(new Product(new(x, i, 1), new(w, 1, o), z, n, o, i) { Start = b, Other = y });
            return;
        }
        device.LinearForward(x, w, b, z, n, i, o);
        device.ActivationForward<TActivation>(z, y, n * o);
    }

    // the CPU's runner for a product in the small form, else null
    static HostRunner? Small(ComputeDevice device, int n, int i, int o) =>
        device.FormOfProduct(n, o, i) == ProductForm.Small ? device.Host : null;

    /// <summary>y = x·w, in Linear's order of sums, without a bias.</summary>
    internal static void Product(this ComputeDevice device, DeviceSpan x, DeviceSpan w, DeviceSpan y, int n, int i, int o)
    {
        if (o == 1) SingleOutput(device, x, w, w, y, n, i, 0);
        else if (Small(device, n, i, o) is HostRunner host)
            host.Run(new SmallMatMul<HostView>(x, w, w, y, n, o, i, i, 1, 0), 2L * n * i * o);
        else device.MatMul<PlainEnd>(new Product(new(x, i, 1), new(w, 1, o), y, n, o, i));
    }

    /// <summary>dx = dy·wᵀ.</summary>
    internal static void LinearInputGradient(
        this ComputeDevice device, DeviceSpan dy, DeviceSpan w, DeviceSpan dx, int n, int i, int o) =>
        InputGradient<PlainEnd>(device, dy, w, dx, dx, n, i, o);

    /// <summary>dz = dy·wᵀ times f′(z) in one pass.</summary>
    internal static void LinearInputGradient<TActivation>(
        this ComputeDevice device, DeviceSpan dy, DeviceSpan w, DeviceSpan z, DeviceSpan dz, int n, int i, int o)
        where TActivation : struct, IActivation
    {
        if (Small(device, n, i, o) is null)
        {
            InputGradient<DerivativeEnd<TActivation>>(device, dy, w, z, dz, n, i, o);
            return;
        }
        device.LinearInputGradient(dy, w, dz, n, i, o);
        device.ActivationBackward<TActivation>(z, dz, dz, n * i);
    }

    static void InputGradient<TEnd>(
        ComputeDevice device, DeviceSpan dy, DeviceSpan w, DeviceSpan other, DeviceSpan dx, int n, int i, int o)
        where TEnd : struct, IProductEnd
    {
        if (o == 1 && typeof(TEnd) == typeof(PlainEnd) && Small(device, n, i, o) is HostRunner small)
            small.Run(new SmallMatMul<HostView>(dy, w, w, dx, n, i, 1, 1, 1, 0), 2L * n * i);        // (i,1) has the layout of (1,i)
        else if (o is 1 or > BlockedSum.Length)
            device.MatMul<TEnd>(new Product(new(dy, o, 1), new(w, o, 1), dx, n, i, o) { Other = other });
        else if (device.Host is HostRunner host)
            host.Run(new LinearInputGradient<TEnd, HostView>(dy, w, dx, other, n, i, o), 2L * n * i * o + HostRunner.Moving * n * i);
        else
        {
            ProductForm form = device.FormOfProduct(n, i, o);
            var op = new LinearInputGradient<TEnd, ArrayView<float>>(dy, w, dx, other, n, i, o);
            if (form == ProductForm.Shared) device.LaunchShared(new SharedInputGradient<TEnd, ArrayView<float>>(dy, w, dx, other, n, i, o));
            else if (form != ProductForm.Strips || !device.TryLaunchStrips(op)) device.Launch(op);
        }
    }

    /// <summary>dw = xᵀ·dy and db = the column sums of dy.</summary>
    internal static void LinearParameterGradients(
        this ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan dw, DeviceSpan db, int n, int i, int o)
    {
        if (o == 1 && TakesSingleOutput(device, n, i)) SingleOutputBackward<PlainEnd>(device, x, dy, x, dw, db, x, x, n, i, 0);
        else if (o > 1 && Small(device, n, i, o) is null)
            device.MatMul<PlainEnd>(new Product(new(x, 1, i), new(dy, 1, o), dw, i, o, n) { Sums = db });
        else
        {
            device.WeightGradient(x, dy, dw, n, i, o);
            device.ColumnSums(dy, db, n, o);
        }
    }

    /// <summary>dw, db, and dz = dy·wᵀ times f′(z), all of backward of a layer behind an activation: in one pass if that suits.</summary>
    internal static void LinearBackward<TActivation>(
        this ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan w, DeviceSpan dw, DeviceSpan db, DeviceSpan z, DeviceSpan dz,
        int n, int i, int o) where TActivation : struct, IActivation
    {
        if (o == 1 && TakesSingleOutput(device, n, i))
        {
            SingleOutputBackward<DerivativeEnd<TActivation>>(device, x, dy, w, dw, db, dz, z, n, i, 1);
            return;
        }
        device.LinearParameterGradients(x, dy, dw, db, n, i, o);
        device.LinearInputGradient<TActivation>(dy, w, z, dz, n, i, o);
    }

    // On the host, from there on, tiles of rows save more than one op instead of three does. On other devices a large product has forms
    // that read x fewer times.
    const int MostOfSingleOutput = 1024;

    static bool TakesSingleOutput(ComputeDevice device, int n, int i) => device.Host is not null
        ? (long)n * i <= MostOfSingleOutput : device.FormOfProduct(1, i, n) == ProductForm.Plain;

    static void SingleOutputBackward<TEnd>(
        ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan w, DeviceSpan dw, DeviceSpan db, DeviceSpan dx, DeviceSpan other,
        int n, int i, int hasInput) where TEnd : struct, IProductEnd
    {
        if (device.Host is HostRunner host)
            host.Run(new SingleOutputBackward<TEnd, HostView>(x, dy, w, dw, db, dx, other, n, i, hasInput), HostRunner.Moving * n * i);
        else device.Launch(new SingleOutputBackward<TEnd, ArrayView<float>>(x, dy, w, dw, db, dx, other, n, i, hasInput));
    }

    /// <summary>dw = xᵀ·dy.</summary>
    internal static void WeightGradient(this ComputeDevice device, DeviceSpan x, DeviceSpan dy, DeviceSpan dw, int n, int i, int o)
    {
        // with one output the same sums, with the inputs as columns to fill vectors
        if (Small(device, n, i, o) is HostRunner host)
            host.Run(o > 1
                ? new SmallMatMul<HostView>(x, dy, dy, dw, i, o, n, 1, i, 0)
                : new SmallMatMul<HostView>(dy, x, x, dw, 1, i, n, 0, 1, 0), 2L * n * i * o);
        else if (o > 1) device.MatMul<PlainEnd>(new Product(new(x, 1, i), new(dy, 1, o), dw, i, o, n));
        else device.MatMul<PlainEnd>(new Product(new(dy, 0, 1), new(x, 1, i), dw, 1, i, n));
    }

    static void SingleOutput(ComputeDevice device, DeviceSpan x, DeviceSpan w, DeviceSpan b, DeviceSpan y, int n, int i, int hasBias)
    {
        if (device.Host is HostRunner host)
            host.Run(new LinearSingleOutput<HostView>(x, w, b, y, n, i, hasBias), HostRunner.Moving * n * i);
        else device.Launch(new LinearSingleOutput<ArrayView<float>>(x, w, b, y, n, i, hasBias));
    }

    internal static void ColumnSums(this ComputeDevice device, DeviceSpan a, DeviceSpan sums, int m, int n)
    {
        if (device.Host is HostRunner host) host.Run(new ColumnSums<HostView>(a, sums, m, n), HostRunner.Moving * m * n);
        else device.Launch(new ColumnSums<ArrayView<float>>(a, sums, m, n));
    }

    internal static void Transpose(this ComputeDevice device, DeviceSpan a, DeviceSpan t, int m, int n)
    {
        if (device.Host is HostRunner host) host.Run(new Transpose<HostView>(a, t, m, n), HostRunner.Moving * m * n);
        else device.Launch(new Transpose<ArrayView<float>>(a, t, m, n));
    }
}
