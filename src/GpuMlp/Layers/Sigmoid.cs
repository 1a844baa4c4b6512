using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;
using ILGPU;

namespace GpuMlp.Layers;

/// <summary>1 / (1 + e⁻ˣ). As the last layer of a network it passes its input, the logit, to the loss.</summary>
public sealed class Sigmoid() : ActivationLayer(new ActivationOps<Kernels.Activations.Sigmoid>())
{
    /// <summary>1 / (1 + e⁻ˣ) for one value on the host, with the same bits as the layer.</summary>
    public static float Of(float x) => ScalarLanes.First(Exponentials.Sigmoid<ScalarLanes, ArrayView<float>>(ScalarLanes.Splat(x)));
}
