using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;

namespace GpuMlp.Autograd.Operations;

/// <summary>y = x limited to the range from low to high; dx = dy where low ≤ x ≤ high, else 0.</summary>
sealed class Clamp : Operation
{
    readonly float low, high;

    Clamp(Variable x, float low, float high) : base(x) => (this.low, this.high) = (low, high);

    internal static Variable Apply(Variable x, float low, float high)
    {
        if (!(low <= high)) throw new ArgumentException($"Clamp: min has to be at most max, got {low:R} and {high:R}");
        using DeviceUse use = x.Device.Use();
        DeviceSpan y = x.Device.Pool.Take(x.Length);
        x.Device.ClampForward(x.Span, y, low, high);
        return new Variable(y, x.Rows, x.Columns, x.NeedsGradient ? new Clamp(x, low, high) : null);
    }

    private protected override DeviceSpan Derivative(int input, DeviceSpan dy)
    {
        DeviceSpan dx = dy.Device.Pool.Take(dy.Length);
        dy.Device.ClampBackward(First.Span, dy, dx, low, high);
        return dx;
    }
}
