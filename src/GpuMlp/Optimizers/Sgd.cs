using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>
/// Stochastic gradient descent as torch.optim.SGD: g = dw + decay·w; v = momentum·v + g; w -= rate·v, or with Nesterov
/// w -= rate·(g + momentum·v).
/// </summary>
/// <param name="parameters">The parameters to train, as Module.Parameters() gives them.</param>
/// <param name="learningRate">The learning rate.</param>
/// <param name="momentum">The share of the velocity that stays at each step, at least 0 and below 1.</param>
/// <param name="nesterov">Whether to use Nesterov's look-ahead.</param>
/// <param name="weightDecay">The share of the weights that is added to their gradients.</param>
/// <exception cref="ArgumentException">There are no parameters, one is listed twice, or they are on two devices.</exception>
/// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or Nesterov has no momentum.</exception>
public sealed class Sgd(
    IReadOnlyList<Parameter> parameters, float learningRate, float momentum = 0, bool nesterov = false, float weightDecay = 0)
    : Optimizer(parameters, new OptimizerSpec
    {
        Kind = nesterov ? OptimizerKind.Nesterov : momentum == 0 ? OptimizerKind.Sgd : OptimizerKind.Momentum,
        Momentum = momentum,
        LearningRate = learningRate,
        WeightDecay = weightDecay,
    });
