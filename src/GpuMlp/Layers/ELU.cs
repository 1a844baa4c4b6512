namespace GpuMlp.Layers;

/// <summary>x, or eˣ - 1 where negative: Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2016.</summary>
public sealed class ELU : ActivationLayer<Kernels.Activations.Elu>;
