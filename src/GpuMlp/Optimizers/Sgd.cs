using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>Stochastic gradient descent as torch.optim.SGD: g = dw + decay·w; v = momentum·v + g; w -= rate·v, or Nesterov's w -= rate·(g + momentum·v).</summary>
public sealed class Sgd : Optimizer
{
    readonly float momentum, weightDecay;
    readonly bool nesterov;
    readonly DeviceSpan velocity;

    /// <summary>An optimizer of parameters.</summary>
    /// <param name="parameters">What is trained, as Module.Parameters() gives it.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="momentum">Share of the velocity that stays, from 0, below 1.</param>
    /// <param name="nesterov">Whether to look ahead by the momentum.</param>
    /// <param name="weightDecay">What share of the weights is added to their gradients.</param>
    /// <exception cref="ArgumentException">No parameters, one twice, or two devices.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or Nesterov has no momentum.</exception>
    public Sgd(IReadOnlyList<Parameter> parameters, float learningRate, float momentum = 0, bool nesterov = false, float weightDecay = 0)
        : base(parameters, learningRate)
    {
        this.momentum = Share(momentum, nameof(momentum));
        this.weightDecay = NotNegative(weightDecay, nameof(weightDecay));
        if (nesterov && momentum == 0) throw NoLookAhead(nameof(momentum));
        this.nesterov = nesterov;
        if (momentum > 0 || weightDecay > 0) velocity = NewState();
    }

    internal static ArgumentOutOfRangeException NoLookAhead(string name) => new(name, 0f, "Nesterov's look-ahead needs a momentum above 0");

    private protected override void Update(DeviceSpan w, DeviceSpan dw, float rate)
    {
        if (velocity.Buffer is null) Device.SgdStep(w, dw, rate);
        else Device.MomentumStep(w, dw, velocity, rate, momentum, weightDecay, nesterov);
    }
}
