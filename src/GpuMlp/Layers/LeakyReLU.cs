namespace GpuMlp.Layers;

/// <summary>x where positive, x/100 elsewhere.</summary>
public sealed class LeakyReLU : ActivationLayer<Kernels.Activations.LeakyRelu>;
