using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>
/// RMSprop as torch.optim.RMSprop (Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012), without momentum and centring.
/// </summary>
/// <param name="parameters">The parameters to train, as Module.Parameters() gives them.</param>
/// <param name="learningRate">The learning rate.</param>
/// <param name="alpha">The share of the mean square that stays at each step, at least 0 and below 1.</param>
/// <param name="epsilon">Added to the root of the mean square.</param>
/// <param name="weightDecay">The share of the weights that is added to their gradients.</param>
/// <exception cref="ArgumentException">There are no parameters, one is listed twice, or they are on two devices.</exception>
/// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
public sealed class RmsProp(IReadOnlyList<Parameter> parameters, float learningRate = 1e-2f,
    float alpha = 0.99f, float epsilon = 1e-8f, float weightDecay = 0)
    : Optimizer(parameters, new OptimizerSpec
    {
        Kind = OptimizerKind.RmsProp,
        Alpha = alpha,
        Epsilon = epsilon,
        LearningRate = learningRate,
        WeightDecay = weightDecay,
    });
