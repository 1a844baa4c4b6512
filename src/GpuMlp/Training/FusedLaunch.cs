using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Training;

/// <summary>Starts a kernel that makes many steps of n examples each, compiled for one activation and one loss.</summary>
delegate void FusedLaunch(ComputeDevice device, TrainingSpans spans, TrainingPlan plan, NetworkShape shape, int n, long work, int? lanes);

/// <summary>The fused kernel for each activation and loss.</summary>
static class FusedLaunches
{
    internal static bool Know(Loss loss) => loss is BceLoss or BceWithLogitsLoss;

    /// <exception cref="NotSupportedException">Another loss than those of <see cref="Know"/>.</exception>
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
        BceWithLogitsLoss => TrainingOps.Train<TActivation, BceLogits>,
        _ => throw new NotSupportedException($"no fused kernel knows {loss.Name}"),
    };
}
