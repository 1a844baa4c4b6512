using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>Adam as torch.optim.Adam (Kingma and Ba, 2015); weight decay is added to the gradient.</summary>
public class Adam : Optimizer
{
    readonly float beta1, beta2, epsilon, weightDecay;
    readonly DeviceSpan mean, square;

    /// <summary>An optimizer of parameters.</summary>
    /// <param name="parameters">What is trained, as Module.Parameters() gives it.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">Share of the gradients' mean that stays, from 0, below 1.</param>
    /// <param name="beta2">Share of the squares' mean that stays, from 0, below 1.</param>
    /// <param name="epsilon">What keeps the denominator from 0.</param>
    /// <param name="weightDecay">What share of the weights is added to their gradients.</param>
    /// <exception cref="ArgumentException">No parameters, one twice, or two devices.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Adam(IReadOnlyList<Parameter> parameters, float learningRate = 1e-3f,
        float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 0) : base(parameters, learningRate)
    {
        (this.beta1, this.beta2) = (Share(beta1, nameof(beta1)), Share(beta2, nameof(beta2)));
        (this.epsilon, this.weightDecay) = (NotNegative(epsilon, nameof(epsilon)), NotNegative(weightDecay, nameof(weightDecay)));
        (mean, square) = (NewState(), NewState());
    }

    /// <summary>Whether weight decay shrinks the weights themselves.</summary>
    private protected virtual bool Decoupled => false;

    private protected override void Update(DeviceSpan w, DeviceSpan dw, float rate) =>
        Device.AdamStep(w, dw, mean, square, Steps + 1, rate, beta1, beta2, epsilon, weightDecay, Decoupled);
}

/// <summary>AdamW as torch.optim.AdamW (Loshchilov and Hutter, 2019): weight decay shrinks the weights themselves, past the moments.</summary>
/// <inheritdoc cref="Adam(IReadOnlyList{Parameter}, float, float, float, float, float)"/>
public sealed class AdamW(IReadOnlyList<Parameter> parameters, float learningRate = 1e-3f,
    float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f, float weightDecay = 1e-2f)
    : Adam(parameters, learningRate, beta1, beta2, epsilon, weightDecay)
{
    private protected override bool Decoupled => true;
}
