namespace GpuMlp.Layers;

/// <summary>x / (1 + e⁻ˣ).</summary>
public sealed class SiLU() : ActivationLayer(new ActivationOps<Kernels.Activations.Silu>());
