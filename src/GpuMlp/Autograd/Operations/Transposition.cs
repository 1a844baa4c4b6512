using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;

namespace GpuMlp.Autograd.Operations;

/// <summary>y (n,m) = xᵀ of x (m,n); dx = dyᵀ.</summary>
sealed class Transposition : Operation
{
    Transposition(Variable x) : base(x) { }

    internal static Variable Apply(Variable x)
    {
        using DeviceUse use = x.Device.Use();
        return new(Transposed(x.Span, x.Rows, x.Columns), x.Columns, x.Rows, x.NeedsGradient ? new Transposition(x) : null);
    }

    private protected override DeviceSpan Derivative(int input, DeviceSpan dy) => Transposed(dy, First.Columns, First.Rows);

    static DeviceSpan Transposed(DeviceSpan a, int rows, int columns)
    {
        DeviceSpan t = a.Device.Pool.Take(a.Length);
        a.Device.Transpose(a, t, rows, columns);
        return t;
    }
}
