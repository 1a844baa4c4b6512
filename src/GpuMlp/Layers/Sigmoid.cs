namespace GpuMlp.Layers;

/// <summary>1 / (1 + e⁻ˣ). As a network&apos;s last layer it hands its input, the logit, to the loss.</summary>
public sealed class Sigmoid : ActivationLayer<Kernels.Activations.Sigmoid>;
