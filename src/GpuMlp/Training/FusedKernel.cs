using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;

namespace GpuMlp.Training;

/// <summary>Launches a kernel that makes many steps of n examples each, compiled for one activation, loss and optimizer.</summary>
delegate void FusedLaunch(ComputeDevice device, TrainingSpans spans, TrainingPlan plan, NetworkShape shape, int n, long work, int? lanes);

/// <summary>The fused kernel for a network, its loss and its optimizer.</summary>
/// <param name="Launch">Launches it.</param>
/// <param name="OneExample">Whether it is the fast form for steps of plain descent on one example.</param>
sealed record FusedKernel(FusedLaunch Launch, bool OneExample)
{
    /// <summary>Floats of a group's scratch memory.</summary>
    internal long ScratchLength(NetworkShape shape, int batch) =>
        OneExample ? shape.SingleExampleScratchLength() : shape.BatchScratchLength(batch);

    /// <summary>What the network would have to be for there to be a kernel; null if there is one.</summary>
    internal static string? WhyNot(Recipe recipe) =>
        recipe.Optimizer.Own is HostUpdateRule rule ? $"{rule.Name} is an update rule of your own, which runs on the host"
        : recipe.Loss is HostLoss loss ? $"{loss.Name} is a loss of your own, which runs on the host"
        : WhyNot(recipe.Spec, recipe.Loss);

    static string? WhyNot(NetworkSpec net, Loss loss) =>
        net.Depth > NetworkShape.MaxDepth ? $"it takes up to {NetworkShape.MaxDepth} linear layers, the network has {net.Depth}"
        : loss.Labels != LabelKind.Class && net.Widths[^1] != 1 ? $"with {loss.Name} it takes networks of one output"
        : loss.Sigmoid is bool needed && needed == net.LinearOutput
            ? $"with {loss.Name} it takes networks that end in {(needed ? "a sigmoid" : "a linear layer")}"
            : null;

    /// <summary>The kernel of a recipe for which <see cref="WhyNot(Recipe)"/> is null.</summary>
    internal static FusedKernel Of(Recipe recipe) => Activations.Of(recipe.Spec.Activation).Use(new ForActivation(recipe));

    sealed record ForActivation(Recipe Recipe) : IActivationUser<FusedKernel>
    {
        public FusedKernel Use<TActivation>() where TActivation : struct, IActivation =>
            Recipe.Loss.Use(new ForLoss<TActivation>(Recipe.Optimizer, Recipe.Batch), !Recipe.Spec.LinearOutput, Recipe.IsWeighted);
    }

    sealed record ForLoss<TActivation>(OptimizerSpec Optimizer, int Batch) : ILossUser<FusedKernel> where TActivation : struct, IActivation
    {
        public FusedKernel UseOutput<TLoss>() where TLoss : struct, ILoss => Batch == 1 && Optimizer is { IsPlain: true, ClipNorm: null }
            ? new(TrainingOps.TrainOnExamples<TActivation, TLoss>, true) : UseBatch<OnOutput<TLoss>>();

        public FusedKernel UseBatch<TLoss>() where TLoss : struct, IBatchLoss =>
            new(Optimizer.Rule.Use(new ForRule<TActivation, TLoss>(Optimizer.ClipNorm is not null)), false);
    }

    sealed record ForRule<TActivation, TLoss>(bool Clips) : IUpdateRuleUser<FusedLaunch>
        where TActivation : struct, IActivation where TLoss : struct, IBatchLoss
    {
        public FusedLaunch Use<TRule>() where TRule : struct, IUpdateRule => Clips
            ? TrainingOps.TrainOnBatches<TActivation, TLoss, Clipped<TRule>>
            : TrainingOps.TrainOnBatches<TActivation, TLoss, Unclipped<TRule>>;
    }
}
