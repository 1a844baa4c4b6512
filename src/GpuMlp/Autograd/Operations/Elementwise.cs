using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;

namespace GpuMlp.Autograd.Operations;

/// <summary>y = f(x), element by element; dx = dy·f′(x).</summary>
sealed class Elementwise<TActivation> : Operation where TActivation : struct, IActivation
{
    Elementwise(Variable x) : base(x) { }

    internal static Variable Apply(Variable x)
    {
        using DeviceUse use = x.Device.Use();
        DeviceSpan y = x.Device.Pool.Take(x.Length);
        x.Device.ActivationForward<TActivation>(x.Span, y, x.Length);
        return new Variable(y, x.Rows, x.Columns, x.NeedsGradient ? new Elementwise<TActivation>(x) : null)
        {
            Logit = typeof(TActivation) == typeof(Sigmoid) ? x : null,
        };
    }

    private protected override DeviceSpan Derivative(int input, DeviceSpan dy)
    {
        DeviceSpan dx = dy.Device.Pool.Take(dy.Length);
        dy.Device.ActivationBackward<TActivation>(First.Span, dy, dx, dy.Length);
        return dx;
    }
}
