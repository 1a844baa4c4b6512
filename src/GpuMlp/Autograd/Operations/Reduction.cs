using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;

namespace GpuMlp.Autograd.Operations;

/// <summary>y = Σ x / divisor: the sum (divisor 1) or the mean of all elements; every element of dx is dy / divisor.</summary>
sealed class Reduction : Operation
{
    readonly int divisor;

    Reduction(Variable x, int divisor) : base(x) => this.divisor = divisor;

    internal static Variable Apply(Variable x, int divisor)
    {
        using DeviceUse use = x.Device.Use();
        DeviceSpan y = x.Device.Pool.Take(1);
        if (divisor == 1) x.Device.RowSums(x.Span, y, 1, x.Length);
        else x.Device.Mean(x.Span, y, x.Length, 0);
        return new Variable(y, 1, 1, x.NeedsGradient ? new Reduction(x, divisor) : null);
    }

    private protected override DeviceSpan Derivative(int input, DeviceSpan dy)
    {
        DeviceSpan dx = dy.Device.Pool.Take(First.Length);
        dy.Device.Spread(dy, dx, divisor);
        return dx;
    }
}
