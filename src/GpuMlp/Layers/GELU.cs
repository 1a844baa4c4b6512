namespace GpuMlp.Layers;

/// <summary>
/// x·Φ(x) with Φ the standard normal distribution: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016; PyTorch's exact form.
/// </summary>
public sealed class GELU() : ActivationLayer(new ActivationOps<Kernels.Activations.Gelu>());
