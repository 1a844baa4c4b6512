#:project ../GpuMlp/GpuMlp.csproj
// The notebook's second half: a module defines Forward alone, the tape knows the rest.
using GpuMlp.Autograd;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Tensors;

using ComputeDevice device = ComputeDevice.Open("auto");
using var net = new Sequential(new Affine(device, 2, 50, seed: 0), new ReLU(), new Affine(device, 50, 1, seed: 10), new Sigmoid());
DataSet moons = DataSets.MakeMoons(2000);
Variable x = Variable.From(device, moons.Inputs), labels = Variable.From(device, moons.Labels);
using var sgd = new Sgd(net.Parameters(), learningRate: 0.01f);
var criterion = new BceLoss();
var random = new Random(0);
for (int step = 0; step < 10_000; step++)
{
    int row = random.Next(moons.Count);
    Variable loss = criterion.Forward(net.Forward(x.Row(row)), labels.Row(row));
    sgd.ZeroGrad();
    loss.Backward();
    sgd.Step();
}
float[] p = net.Forward(x).ToArray();
int right = Enumerable.Range(0, moons.Count).Count(row => p[row] > 0.5f == (moons.Labels[row] == 1));
Console.WriteLine($"{100.0 * right / moons.Count} % of the rows");

/// <summary>x·w + b. Equal seeds give equal numbers, so each parameter has its own.</summary>
sealed class Affine : Module
{
    readonly Parameter w, b;

    public Affine(ComputeDevice device, int inputs, int outputs, ulong seed)
    {
        w = Register("w", Parameter.Normal(device, inputs, outputs, seed));
        b = Register("b", Parameter.Normal(device, 1, outputs, seed + 1));
    }

    public override Variable Forward(Variable x) => x.MatMul(w) + b;
}
