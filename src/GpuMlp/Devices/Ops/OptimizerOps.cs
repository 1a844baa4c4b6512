using GpuMlp.Kernels.Elementwise;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Optimizers;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Steps of optimizers over flat buffers.</summary>
static class OptimizerOps
{
    /// <summary>w = fma(-rate, dw, w).</summary>
    internal static void SgdStep(this ComputeDevice device, DeviceSpan w, DeviceSpan dw, float rate)
    {
        if (device.Host is HostRunner host) host.Run(new SgdStep<HostView>(w, dw, rate, w.Length), 2L * w.Length);
        else device.Launch(new SgdStep<ArrayView<float>>(w, dw, rate, w.Length));
    }

    /// <summary>SGD with momentum and weight decay; v is the velocity.</summary>
    internal static void MomentumStep(
        this ComputeDevice device, DeviceSpan w, DeviceSpan dw, DeviceSpan v, float rate, float momentum, float decay, bool nesterov)
    {
        int ahead = nesterov ? 1 : 0;
        if (device.Host is HostRunner host) host.Run(new MomentumStep<HostView>(w, dw, v, rate, momentum, decay, ahead, w.Length), 6L * w.Length);
        else device.Launch(new MomentumStep<ArrayView<float>>(w, dw, v, rate, momentum, decay, ahead, w.Length));
    }

    /// <summary>Step number t (1, 2, …) of Adam, or of AdamW where the decay is decoupled; m and v are the moments.</summary>
    internal static void AdamStep(this ComputeDevice device, DeviceSpan w, DeviceSpan dw, DeviceSpan m, DeviceSpan v,
        int t, float rate, float beta1, float beta2, float epsilon, float decay, bool decoupled)
    {
        (float correction, float root) = AdamCorrections(beta1, beta2, t);
        AdamNumbers numbers = AdamNumbers.Of(
            new OptimizerNumbers(beta1, beta2, epsilon, 0, decoupled ? 1 : 0, 0), new StepNumbers(rate, decay, correction, root));
        if (device.Host is HostRunner host) host.Run(new AdamStep<HostView>(w, dw, m, v, numbers, w.Length), 30L * w.Length);
        else device.Launch(new AdamStep<ArrayView<float>>(w, dw, m, v, numbers, w.Length));
    }

    /// <summary>1 / (1 - β₁ᵗ) and √(1 - β₂ᵗ), rounded once: what Adam's step number t (1, 2, …) divides out of its moments.</summary>
    internal static (float Correction, float Root) AdamCorrections(float beta1, float beta2, int t) =>
        ((float)(1 / (1 - Math.Pow(beta1, t))), (float)Math.Sqrt(1 - Math.Pow(beta2, t)));

    /// <summary>Floats that <see cref="ClipScale"/> needs for its parts.</summary>
    internal static int ClipParts(int length) => SquaredBlocks.Count(length);

    /// <summary>scale = min(1, limit / (‖dw‖ + 10⁻⁶)).</summary>
    internal static void ClipScale(this ComputeDevice device, DeviceSpan dw, DeviceSpan parts, DeviceSpan scale, float limit)
    {
        if (device.Host is HostRunner host)
        {
            host.Run(new SquaredBlocks<HostView>(dw, parts, dw.Length), 2L * dw.Length);
            host.Run(new ClipScale<HostView>(parts, scale, limit, parts.Length), parts.Length);
            return;
        }
        device.Launch(new SquaredBlocks<ArrayView<float>>(dw, parts, dw.Length));
        device.Launch(new ClipScale<ArrayView<float>>(parts, scale, limit, parts.Length));
    }

    /// <summary>dw *= scale, of one value.</summary>
    internal static void Scale(this ComputeDevice device, DeviceSpan dw, DeviceSpan scale) =>
        device.BinaryForward<Multiply>(dw, scale, dw, 1, dw.Length, new Broadcast(0, 1), new Broadcast(0, 0));
}
