using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Elementwise;

namespace GpuMlp.Losses;

/// <summary>A loss on the tape: forward computes its gradient as well, and backward scales that.</summary>
sealed class LossOperation : Operation
{
    readonly DeviceSpan dz;

    LossOperation(Variable z, DeviceSpan dz) : base(z) => this.dz = dz;

    internal static Variable Apply(Loss loss, Variable z, Variable label, bool onLogit)
    {
        ComputeDevice device = z.Device;
        int terms = loss.Terms(z.Rows, z.Columns);
        DeviceSpan values = device.Pool.Take(terms), dz = device.Pool.Take(z.Length), mean = device.Pool.Take(1);
        loss.Compute(device, z.Span, label.Span, values, dz, z.Rows, z.Columns, onLogit);
        device.Mean(values, mean, terms, 0);
        return new Variable(mean, 1, 1, z.NeedsGradient ? new LossOperation(z, dz) : null);
    }

    private protected override DeviceSpan Derivative(int input, DeviceSpan dy)
    {
        if (dy.IsSame(dy.Device.Pool.One)) return dz;                  // Backward was called on this loss itself, so dy is 1
        DeviceSpan scaled = dy.Device.Pool.Take(dz.Length);
        dy.Device.BinaryForward<Multiply>(dz, dy, scaled, 1, dz.Length, new Broadcast(0, 1), new Broadcast(0, 0));
        return scaled;
    }
}
