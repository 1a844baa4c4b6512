using GpuMlp.Devices.Ops;
using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>Stochastic gradient descent: w -= rate · dw.</summary>
public sealed class Sgd(IReadOnlyList<Parameter> parameters, float learningRate) : Optimizer(parameters, learningRate)
{
    private protected override void Update(ParameterArena arena, float learningRate) =>
        Device.SgdStep(arena.Values, arena.Gradients, learningRate);
}
