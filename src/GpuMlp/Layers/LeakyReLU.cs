namespace GpuMlp.Layers;

/// <summary>x where positive, x/100 elsewhere.</summary>
public sealed class LeakyReLU() : ActivationLayer(new ActivationOps<Kernels.Activations.LeakyRelu>());
