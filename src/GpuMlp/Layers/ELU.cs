namespace GpuMlp.Layers;

/// <summary>
/// x where positive, eˣ - 1 elsewhere: Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2016.
/// </summary>
public sealed class ELU() : ActivationLayer(new ActivationOps<Kernels.Activations.Elu>());
