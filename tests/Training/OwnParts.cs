using GpuMlp.Devices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Tensors;
using ILGPU;

namespace GpuMlp.Tests.Training;

/// <summary>ReLU as a user would write it.</summary>
class OwnReLU : HostLayer
{
    protected override void Forward(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        for (int i = 0; i < x.Length; i++) y[i] = x[i] > 0 ? x[i] : 0;
    }

    protected override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, int rows)
    {
        for (int i = 0; i < x.Length; i++) dx[i] = x[i] > 0 ? dy[i] : 0;
    }
}

/// <summary>A linear layer that sums in the order of the library's, for up to 256 inputs, two outputs or more, and no dx.</summary>
sealed class OwnLinear : HostLayer
{
    readonly int inputs, outputs;
    readonly Parameter weight, bias;

    internal OwnLinear(ComputeDevice device, int inputs, int outputs)
    {
        (this.inputs, this.outputs) = (inputs, outputs);
        weight = Register("weight", new Parameter(device, inputs, outputs));
        bias = Register("bias", new Parameter(device, 1, outputs));
    }

    public override int? Inputs => inputs;

    public override int OutputsFor(int inputs) => outputs;

    protected override void Forward(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        ReadOnlySpan<float> w = Values(weight), b = Values(bias);
        for (int row = 0; row < rows; row++)
        {
            for (int o = 0; o < outputs; o++)
            {
                float sum = b[o];
                for (int i = 0; i < inputs; i++) sum = MathF.FusedMultiplyAdd(x[row * inputs + i], w[i * outputs + o], sum);
                y[row * outputs + o] = sum;
            }
        }
    }

    protected override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, int rows)
    {
        Span<float> dw = Gradient(weight), db = Gradient(bias);
        for (int row = 0; row < rows; row++)
        {
            for (int o = 0; o < outputs; o++)
            {
                float d = dy[row * outputs + o];
                db[o] += d;
                for (int i = 0; i < inputs; i++)
                    dw[i * outputs + o] = MathF.FusedMultiplyAdd(x[row * inputs + i], d, dw[i * outputs + o]);
            }
        }
    }
}

/// <summary>Binary cross-entropy of a logit, with the library's functions.</summary>
sealed class OwnBce : HostLoss
{
    protected override float Compute(ReadOnlySpan<float> output, ReadOnlySpan<float> label, Span<float> gradient)
    {
        float signed = label[0] == 1 ? -output[0] : output[0], p = GpuMlp.Layers.Sigmoid.Of(signed);
        gradient[0] = label[0] == 1 ? -p : p;
        return ScalarLanes.First(Exponentials.Softplus<ScalarLanes, ArrayView<float>>(ScalarLanes.Splat(signed)));
    }
}

/// <summary>The squared error.</summary>
sealed class OwnSquares : HostLoss
{
    public override LabelKind Labels => LabelKind.Number;

    protected override float Compute(ReadOnlySpan<float> output, ReadOnlySpan<float> label, Span<float> gradient)
    {
        float difference = output[0] - label[0];
        gradient[0] = difference + difference;
        return difference * difference;
    }
}

/// <summary>Plain gradient descent.</summary>
sealed class OwnDescent : HostUpdateRule
{
    protected internal override void Update(
        Span<float> values, ReadOnlySpan<float> gradients, Span<float> state, float learningRate, int step)
    {
        for (int i = 0; i < values.Length; i++) values[i] = MathF.FusedMultiplyAdd(-learningRate, gradients[i], values[i]);
    }
}

/// <summary>Adam without the order of the library's sums: with two numbers of state per value, and the number of the step.</summary>
sealed class OwnAdam : HostUpdateRule
{
    public override int States => 2;

    protected internal override void Update(
        Span<float> values, ReadOnlySpan<float> gradients, Span<float> state, float learningRate, int step)
    {
        Span<float> mean = state[..values.Length], square = state[values.Length..];
        for (int i = 0; i < values.Length; i++)
        {
            mean[i] = 0.9f * mean[i] + 0.1f * gradients[i];
            square[i] = 0.999f * square[i] + 0.001f * gradients[i] * gradients[i];
            float m = mean[i] / (1 - MathF.Pow(0.9f, step + 1)), v = square[i] / (1 - MathF.Pow(0.999f, step + 1));
            values[i] -= learningRate * m / (MathF.Sqrt(v) + 1e-8f);
        }
    }
}

/// <summary>What networks of own parts are made of, beside the same ones of the library's.</summary>
static class OwnParts
{
    /// <summary>2-5-1 with a linear output, of the user's layers or of the library's, with the same parameters.</summary>
    internal static Sequential Network(ComputeDevice device, bool own, Loss loss)
    {
        Layer first = own ? new OwnLinear(device, 2, 5) : new Linear(device, 2, 5, 0);
        var network = new Sequential(first, own ? new OwnReLU() : new ReLU(), new Linear(device, 5, 1, 0)) { Loss = loss };
        var random = new PhiloxStream(7, StreamPurpose.Initialization);
        foreach (Parameter parameter in network.Parameters())
            parameter.Value.CopyFrom([.. Enumerable.Range(0, parameter.Length).Select(_ => (float)random.NextNormal())]);
        return network;
    }
}
