using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;

namespace GpuMlp.Autograd.Operations;

/// <summary>y = softmax of each row of x; dx = y·(dy - Σ dy·y).</summary>
sealed class Softmax : Operation
{
    Softmax(Variable x) : base(x) { }

    internal static Variable Apply(Variable x)
    {
        using DeviceUse use = x.Device.Use();
        return new(Values(x), x.Rows, x.Columns, x.NeedsGradient ? new Softmax(x) : null);
    }

    // computes y again, because its owner may have disposed it
    private protected override DeviceSpan Derivative(int input, DeviceSpan dy)
    {
        DeviceSpan dx = dy.Device.Pool.Take(dy.Length);
        dy.Device.SoftmaxBackward(Values(First), dy, dx, First.Rows, First.Columns);
        return dx;
    }

    static DeviceSpan Values(Variable x)
    {
        DeviceSpan y = x.Device.Pool.Take(x.Length);
        x.Device.SoftmaxForward(x.Span, y, x.Rows, x.Columns);
        return y;
    }
}
