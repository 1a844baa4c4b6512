using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Elementwise;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Numerics;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Steps of optimizers over flat buffers.</summary>
static class OptimizerOps
{
    /// <summary>w = fma(-rate, dw, w).</summary>
    internal static void SgdStep(this ComputeDevice device, DeviceSpan w, DeviceSpan dw, float rate) =>
        device.OptimizerStep<Sgd>(w, dw, w, default, new StepNumbers(rate, 0, 0, 1, 1), 2);

    /// <summary>One step of any optimizer on a flat buffer.</summary>
    /// <param name="device">The device.</param>
    /// <param name="w">The parameters.</param>
    /// <param name="dw">Their gradients.</param>
    /// <param name="states">The rule's state; any span for a rule without state.</param>
    /// <param name="run">Settings of the whole run.</param>
    /// <param name="step">Settings of this step.</param>
    /// <param name="work">About how many float operations a step takes per parameter.</param>
    internal static void OptimizerStep<TRule>(
        this ComputeDevice device, DeviceSpan w, DeviceSpan dw, DeviceSpan states, in OptimizerNumbers run, in StepNumbers step, long work)
        where TRule : struct, IUpdateRule
    {
        if (device.Host is HostRunner host)
            host.Run(new OptimizerStep<TRule, HostView>(w, dw, states, run, step, w.Length), (work + HostRunner.Moving) * w.Length);
        else device.Launch(new OptimizerStep<TRule, ArrayView<float>>(w, dw, states, run, step, w.Length));
    }

    /// <summary>1 / (1 - β₁ᵗ) and √(1 - β₂ᵗ), rounded once: Adam's corrections in step t = 1, 2, …</summary>
    internal static (float Correction, float Root) AdamCorrections(float beta1, float beta2, int t) =>
        ((float)(1 / (1 - Float64.Power(beta1, t))), (float)Math.Sqrt(1 - Float64.Power(beta2, t)));

    /// <summary>Floats that <see cref="ClipScale"/> needs for the sums of blocks.</summary>
    internal static int ClipParts(int length) => SquaredBlocks.Count(length);

    /// <summary>scale = min(1, limit / (‖dw‖ + 10⁻⁶)).</summary>
    internal static void ClipScale(this ComputeDevice device, DeviceSpan dw, DeviceSpan parts, DeviceSpan scale, float limit)
    {
        if (device.Host is HostRunner host)
        {
            host.Run(new SquaredBlocks<HostView>(dw, parts, dw.Length), HostRunner.Moving * dw.Length);
            host.Run(new ClipScale<HostView>(parts, scale, limit, parts.Length), parts.Length);
            return;
        }
        device.Launch(new SquaredBlocks<ArrayView<float>>(dw, parts, dw.Length));
        device.Launch(new ClipScale<ArrayView<float>>(parts, scale, limit, parts.Length));
    }

    /// <summary>dw *= scale, where scale is one value.</summary>
    internal static void Scale(this ComputeDevice device, DeviceSpan dw, DeviceSpan scale) =>
        device.BinaryForward<Multiply>(dw, scale, dw, 1, dw.Length, new Broadcast(0, 1), new Broadcast(0, 0));
}
