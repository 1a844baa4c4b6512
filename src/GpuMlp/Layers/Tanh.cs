namespace GpuMlp.Layers;

/// <summary>tanh x.</summary>
public sealed class Tanh : ActivationLayer<Kernels.Activations.Tanh>;
