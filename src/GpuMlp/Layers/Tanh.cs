namespace GpuMlp.Layers;

/// <summary>tanh x.</summary>
public sealed class Tanh() : ActivationLayer(new ActivationOps<Kernels.Activations.Tanh>());
