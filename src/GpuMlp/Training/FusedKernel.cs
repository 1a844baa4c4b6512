using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;

namespace GpuMlp.Training;

/// <summary>Starts a kernel that makes many steps of n examples each, compiled for one activation, loss and optimizer.</summary>
delegate void FusedLaunch(ComputeDevice device, TrainingSpans spans, TrainingPlan plan, NetworkShape shape, int n, long work, int? lanes);

/// <summary>The fused kernel of a network, its loss and its optimizer.</summary>
/// <param name="Launch">Starts it.</param>
/// <param name="OneExample">Whether it is the quick form for plain steps of one example.</param>
sealed record FusedKernel(FusedLaunch Launch, bool OneExample)
{
    /// <summary>Floats of a group's scratch memory.</summary>
    internal long ScratchLength(NetworkShape shape, int batch) => OneExample ? shape.SingleExampleScratchLength() : shape.BatchScratchLength(batch);

    /// <summary>Null if there is such a kernel, else what a network's end and its loss would have to be.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="sigmoid">Whether the network ends in a sigmoid.</param>
    /// <param name="outputs">Its outputs.</param>
    internal static string? WhyNot(Loss loss, bool sigmoid, int outputs) => loss switch
    {
        CrossEntropyLoss => sigmoid ? "with cross-entropy it takes networks that end in a linear layer" : null,
        _ when outputs != 1 => $"with {loss.Name} it takes networks of one output",
        BceLoss when !sigmoid => $"with {loss.Name} it takes networks that end in a sigmoid",
        BceLoss or BceWithLogitsLoss or MseLoss => null,
        _ => $"it knows bce, bce-torch, bce-logits, mse and cross-entropy, the loss is {loss.Name}",
    };

    /// <summary>The kernel; <see cref="WhyNot"/> said null.</summary>
    internal static FusedKernel Of(Activation activation, Loss loss, bool sigmoid, OptimizerSpec optimizer, int batch) =>
        Activations.Of(activation).Use(new ForActivation(loss, sigmoid, optimizer, batch));

    sealed record ForActivation(Loss Loss, bool Sigmoid, OptimizerSpec Optimizer, int Batch) : IActivationUser<FusedKernel>
    {
        public FusedKernel Use<TActivation>() where TActivation : struct, IActivation => Of<TActivation>(Loss, Sigmoid, Optimizer, Batch);
    }

    static FusedKernel Of<TActivation>(Loss loss, bool sigmoid, OptimizerSpec optimizer, int batch) where TActivation : struct, IActivation => loss switch
    {
        BceLoss { Form: BceForm.Tutorial } => OfOutput<TActivation, Bce>(optimizer, batch),
        BceLoss { Form: BceForm.Torch } => OfOutput<TActivation, BceTorch>(optimizer, batch),
        BceWithLogitsLoss => OfOutput<TActivation, BceLogits>(optimizer, batch),
        MseLoss when !sigmoid => OfOutput<TActivation, Mse>(optimizer, batch),
        MseLoss => OfBatches<TActivation, OnSigmoid<Mse>>(optimizer),
        CrossEntropyLoss => OfBatches<TActivation, OfClasses>(optimizer),
        _ => throw new ArgumentException($"no fused kernel knows the loss {loss.Name}", nameof(loss)),
    };

    static FusedKernel OfOutput<TActivation, TLoss>(OptimizerSpec optimizer, int batch) where TActivation : struct, IActivation where TLoss : struct, ILoss =>
        batch == 1 && optimizer is { IsPlain: true, ClipNorm: null } ? new(TrainingOps.TrainOnExamples<TActivation, TLoss>, true)
            : OfBatches<TActivation, OnOutput<TLoss>>(optimizer);

    static FusedKernel OfBatches<TActivation, TLoss>(OptimizerSpec optimizer) where TActivation : struct, IActivation where TLoss : struct, IBatchLoss =>
        new(optimizer.Rule.Use(new Batches<TActivation, TLoss>(optimizer.ClipNorm is not null)), false);

    sealed record Batches<TActivation, TLoss>(bool Clips) : IUpdateRuleUser<FusedLaunch> where TActivation : struct, IActivation where TLoss : struct, IBatchLoss
    {
        public FusedLaunch Use<TRule>() where TRule : struct, IUpdateRule => Clips
            ? TrainingOps.TrainOnBatches<TActivation, TLoss, Clipped<TRule>> : TrainingOps.TrainOnBatches<TActivation, TLoss, Unclipped<TRule>>;
    }
}
