using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Training;

/// <summary>Starts a kernel that makes many steps, compiled for one activation and one loss.</summary>
delegate void FusedLaunch(ComputeDevice device, TrainingSpans spans, TrainingPlan plan, NetworkShape shape, int batch, long work, int? lanes);

/// <summary>The fused kernel for each activation and loss.</summary>
static class FusedLaunches
{
    /// <summary>The most floats that a group works in: 256 MiB.</summary>
    internal const long MaxScratch = 1 << 26;

    /// <summary>Floats that a group works in.</summary>
    internal static long ScratchLength(NetworkShape shape, int batch) => batch == 1 ? shape.GroupScratchLength() : shape.BatchScratchLength(batch);

    internal static FusedLaunch Of(Activation activation, Loss loss) => activation switch
    {
        Activation.ReLU => Of<Relu>(loss),
        Activation.LeakyReLU => Of<LeakyRelu>(loss),
        Activation.Tanh => Of<Kernels.Activations.Tanh>(loss),
        Activation.Sigmoid => Of<Kernels.Activations.Sigmoid>(loss),
        _ => Of<Silu>(loss),
    };

    static FusedLaunch Of<TActivation>(Loss loss) where TActivation : struct, IActivation => loss switch
    {
        BceLoss { Form: BceForm.Tutorial } => TrainingOps.Train<TActivation, Bce>,
        BceLoss => TrainingOps.Train<TActivation, BceTorch>,
        _ => TrainingOps.Train<TActivation, BceLogits>,
    };
}
