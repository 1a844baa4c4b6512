using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;
using ILGPU;

namespace GpuMlp.Layers;

/// <summary>1 / (1 + e⁻ˣ). As a network&apos;s last layer it hands its input, the logit, to the loss.</summary>
public sealed class Sigmoid : ActivationLayer<Kernels.Activations.Sigmoid>
{
    /// <summary>1 / (1 + e⁻ˣ) of one value on the host, in the bits of the layer.</summary>
    public static float Of(float x) => ScalarLanes.First(Exponentials.Sigmoid<ScalarLanes, ArrayView<float>>(ScalarLanes.Splat(x)));
}
