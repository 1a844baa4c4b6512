using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>Adam as torch.optim.Adam (Kingma and Ba, 2015); weight decay is added to the gradient.</summary>
/// <param name="parameters">The parameters to train, as Module.Parameters() gives them.</param>
/// <param name="learningRate">The learning rate.</param>
/// <param name="beta1">The share of the mean gradient that stays at each step, at least 0 and below 1.</param>
/// <param name="beta2">The share of the mean square that stays at each step, at least 0 and below 1.</param>
/// <param name="epsilon">Added to the denominator so that it is never 0.</param>
/// <param name="weightDecay">The share of the weights that is added to their gradients.</param>
/// <exception cref="ArgumentException">There are no parameters, one is listed twice, or they are on two devices.</exception>
/// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
public sealed class Adam(IReadOnlyList<Parameter> parameters, float learningRate = 1e-3f,
    float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0)
    : Optimizer(parameters, new OptimizerSpec
    {
        Kind = OptimizerKind.Adam,
        Beta1 = beta1,
        Beta2 = beta2,
        Epsilon = epsilon,
        LearningRate = learningRate,
        WeightDecay = weightDecay,
    });

/// <summary>
/// AdamW as torch.optim.AdamW (Loshchilov and Hutter, 2019): weight decay shrinks the weights directly, without the moments.
/// </summary>
/// <inheritdoc cref="Adam(IReadOnlyList{Parameter}, float, float, float, float, float)"/>
public sealed class AdamW(IReadOnlyList<Parameter> parameters, float learningRate = 1e-3f,
    float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 1e-2f)
    : Optimizer(parameters, new OptimizerSpec
    {
        Kind = OptimizerKind.AdamW,
        Beta1 = beta1,
        Beta2 = beta2,
        Epsilon = epsilon,
        LearningRate = learningRate,
        WeightDecay = weightDecay,
    });
