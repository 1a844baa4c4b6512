using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>RMSprop as torch.optim.RMSprop (Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012), without momentum and centring.</summary>
/// <param name="parameters">What is trained, as Module.Parameters() gives it.</param>
/// <param name="learningRate">The learning rate.</param>
/// <param name="alpha">Share of the squares' mean that stays, from 0, below 1.</param>
/// <param name="epsilon">What is added to the root of the squares' mean.</param>
/// <param name="weightDecay">What share of the weights is added to their gradients.</param>
/// <exception cref="ArgumentException">No parameters, one twice, or two devices.</exception>
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
