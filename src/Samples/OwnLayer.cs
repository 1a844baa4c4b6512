#:project ../GpuMlp/GpuMlp.csproj
// A layer with a backward by hand, a loss and an optimizer, all in plain C#: they train on any device, slowly but for sure.
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Training;

using ComputeDevice device = ComputeDevice.Open("auto");
DataSet moons = DataSets.MakeMoons(2000);
Module[] layers = [new Linear(device, 2, 50), new Squares(), new Linear(device, 50, 1), new Sigmoid()];
using var net = new Sequential(layers) { Loss = new BrierScore() };
var optimizer = new OptimizerSpec { Own = new Momentum(), LearningRate = 0.02f };
using var trainer = new Trainer(net, moons, Recipe.Of(net) with { Steps = 5000, Batch = 8, Optimizer = optimizer });
trainer.Run();
Console.WriteLine($"the {trainer.Engine} engine, since {trainer.EngineReason}");
float[] p = net.Predict(moons.Flat);
int right = Enumerable.Range(0, moons.Count).Count(row => p[row] > 0.5f == (moons.Labels[row] == 1));
Console.WriteLine($"{100.0 * right / moons.Count} % of the rows");

/// <summary>y = x² where x is positive, else 0.</summary>
sealed class Squares : HostLayer
{
    protected override void Forward(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        for (int i = 0; i < x.Length; i++) y[i] = x[i] > 0 ? x[i] * x[i] : 0;
    }

    protected override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, int rows)
    {
        for (int i = 0; i < x.Length; i++) dx[i] = x[i] > 0 ? 2 * x[i] * dy[i] : 0;
    }
}

/// <summary>(p - y)² of a probability.</summary>
sealed class BrierScore : HostLoss
{
    protected override float Compute(ReadOnlySpan<float> output, ReadOnlySpan<float> label, Span<float> gradient)
    {
        gradient[0] = 2 * (output[0] - label[0]);
        return (output[0] - label[0]) * (output[0] - label[0]);
    }
}

/// <summary>Descent with a velocity, the state that is kept for each value.</summary>
sealed class Momentum : HostUpdateRule
{
    public override int States => 1;

    protected override void Update(Span<float> values, ReadOnlySpan<float> gradients, Span<float> state, float learningRate, int step)
    {
        for (int i = 0; i < values.Length; i++) values[i] -= learningRate * (state[i] = 0.9f * state[i] + gradients[i]);
    }
}
