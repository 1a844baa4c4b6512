using GpuMlp.Autograd;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Tensors;

namespace GpuMlp.Peers;

/// <summary>
/// The tutorial's second half: a user's own modules, which define only Forward; and the same steps layer by layer on tensors.
/// </summary>
sealed class ModulesProgram(ComputeDevice device, DataSet data)
{
    sealed class MyLinear : Module
    {
        readonly Parameter a, b;

        public MyLinear(ComputeDevice device, int inputs, int outputs)
        {
            a = Register("a", Parameter.Normal(device, inputs, outputs, seed: 1));
            b = Register("b", Parameter.Normal(device, 1, outputs, seed: 2));
        }

        public override Variable Forward(Variable x) => x.MatMul(a) + b;
    }

    sealed class MyReLU : Module
    {
        public override Variable Forward(Variable x) => x.Clamp(min: 0);
    }

    /// <summary>Trains on one random row per step; the tape derives the gradients.</summary>
    internal void Train(int steps)
    {
        Variable x = Variable.From(device, data.Inputs), y = Variable.From(device, data.Labels);
        using var net = new Sequential(new MyLinear(device, 2, 50), new MyReLU(), new MyLinear(device, 50, 1), new Sigmoid());
        var sgd = new Sgd(net.Parameters(), learningRate: 1e-2f);
        var criterion = new BceLoss();
        var random = new Random(0);
        for (int step = 0; step < steps; step++)
        {
            int j = random.Next(1, data.Count);
            Variable output = net.Forward(x.Row(j));
            Variable loss = criterion.Forward(output, y.Row(j));
            sgd.ZeroGrad();
            loss.Backward();
            sgd.Step();
        }
    }

    /// <summary>Makes the same steps with the layers' own Backward, call by call.</summary>
    internal void TrainByHand(int steps)
    {
        Linear first = new(device, 2, 50), second = new(device, 50, 1);
        Copy(first, new MyLinear(device, 2, 50));
        Copy(second, new MyLinear(device, 50, 1));
        using var net = new Sequential(first, new ReLU(), second, new Sigmoid());
        using Tensor row = new(device, 1, 2), label = new(device, 1, 1);
        var random = new Random(0);
        for (int step = 0; step < steps; step++)
        {
            int j = random.Next(1, data.Count);
            row.CopyFrom(data.Flat.Slice(2 * j, 2));
            label.CopyFrom(data.Labels.AsSpan(j, 1));
            net.ComputeLoss(net.Forward(row), label);
            net.Backward();
            net.Step(1e-2f);
        }
    }

    static void Copy(Linear layer, MyLinear from)
    {
        var parameters = from.Parameters();
        layer.Weight.Value.CopyFrom(parameters[0].Value.ToArray());
        layer.Bias.Value.CopyFrom(parameters[1].Value.ToArray());
    }
}
