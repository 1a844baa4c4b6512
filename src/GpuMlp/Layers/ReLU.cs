namespace GpuMlp.Layers;

/// <summary>max(x, 0); its derivative at 0 is 0, and NaN passes.</summary>
public sealed class ReLU() : ActivationLayer(new ActivationOps<Kernels.Activations.Relu>());
