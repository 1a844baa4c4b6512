using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;

namespace GpuMlp.Autograd.Operations;

/// <summary>y = x·w with x (n,i), w (i,o); dx = dy·wᵀ, dw = xᵀ·dy.</summary>
sealed class MatMul : Operation
{
    readonly int version;

    MatMul(Variable x, Variable w) : base(x, w) => version = x.Version + w.Version;

    internal static Variable Apply(Variable x, Variable w)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (x.Device != w.Device) throw Variable.MixedDevices("MatMul", x, w);
        if (x.Columns != w.Rows)
            throw new ArgumentException(
                $"MatMul: {x.Shape} times {w.Shape}: the left's columns have to be as many as the right's rows", nameof(w));
        using DeviceUse use = x.Device.Use();
        DeviceSpan y = x.Device.Pool.Take(x.Rows, w.Columns, "MatMul");
        x.Device.Product(x.Span, w.Span, y, x.Rows, x.Columns, w.Columns);
        return new Variable(y, x.Rows, w.Columns, x.NeedsGradient || w.NeedsGradient ? new MatMul(x, w) : null);
    }

    private protected override DeviceSpan Derivative(int input, DeviceSpan dy)
    {
        Variable x = First, w = Second!;
        if (x.Version + w.Version != version) throw Variable.ChangedSince("MatMul");
        ComputeDevice device = dy.Device;
        (int n, int i, int o) = (x.Rows, x.Columns, w.Columns);
        if (input == 1)
        {
            DeviceSpan dw = device.Pool.Take(i * o);
            device.WeightGradient(x.Span, dy, dw, n, i, o);
            return dw;
        }
        DeviceSpan dx = device.Pool.Take(n * i);
        device.LinearInputGradient(dy, w.Span, dx, n, i, o);
        return dx;
    }
}
