using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>Stochastic gradient descent as torch.optim.SGD: g = dw + decay·w; v = momentum·v + g; w -= rate·v, or Nesterov's w -= rate·(g + momentum·v).</summary>
/// <param name="parameters">What is trained, as Module.Parameters() gives it.</param>
/// <param name="learningRate">The learning rate.</param>
/// <param name="momentum">Share of the velocity that stays, from 0, below 1.</param>
/// <param name="nesterov">Whether to look ahead by the momentum.</param>
/// <param name="weightDecay">What share of the weights is added to their gradients.</param>
/// <exception cref="ArgumentException">No parameters, one twice, or two devices.</exception>
/// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or Nesterov has no momentum.</exception>
public sealed class Sgd(IReadOnlyList<Parameter> parameters, float learningRate, float momentum = 0, bool nesterov = false, float weightDecay = 0)
    : Optimizer(parameters, new OptimizerSpec
    {
        Kind = nesterov ? OptimizerKind.Nesterov : momentum == 0 ? OptimizerKind.Sgd : OptimizerKind.Momentum,
        Momentum = momentum,
        LearningRate = learningRate,
        WeightDecay = weightDecay,
    });
