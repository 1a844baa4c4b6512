using GpuMlp.Devices.Memory;

namespace GpuMlp.Autograd.Operations;

/// <summary>y = some consecutive values of x, in another shape and sharing its memory; dx = dy there, 0 elsewhere.</summary>
sealed class Slice : Operation
{
    readonly int start;

    Slice(Variable x, int start) : base(x) => this.start = start;

    internal static Variable Apply(Variable x, int start, int rows, int columns) =>
        Variable.View(x, start, rows, columns, x.NeedsGradient ? new Slice(x, start) : null);

    private protected override DeviceSpan Derivative(int input, DeviceSpan dy)
    {
        if (dy.Length == First.Length) return dy;
        DeviceSpan dx = dy.Device.Pool.Take(First.Length);
        dy.Device.Clear(dx);
        dy.Device.Copy(dy, dx.Slice(start, dy.Length));
        return dx;
    }
}
