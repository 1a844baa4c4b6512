using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tensors;

namespace GpuMlp.Tests.Layers;

/// <summary>A layer's first weights are drawn: they are the same in every run of a program, and differ from layer to layer.</summary>
public class LinearStartTests
{
    [Fact]
    public void WeightsAndBiasesAreFromN01()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        var layer = new Linear(device, 200, 300, seed: 4);
        float[] weights = layer.Weight.Value.ToArray(), biases = layer.Bias.Value.ToArray();
        Assert.Equal(0, weights.Average(), 0.02);
        Assert.Equal(1, weights.Average(w => (double)w * w), 0.03);
        Assert.Equal(1, biases.Average(b => (double)b * b), 0.3);
    }

    [Fact]
    public void NoTwoLayersDrawTheSameNumbersAndAProgramDrawsThemAgain()
    {
        (float[][] first, float[][] again) = (Starts("cpu"), Starts("cpu:ilgpu"));
        Assert.Equal(first, again);
        float[] all = [.. first.SelectMany(values => values)];
        Assert.Equal(all.Length, all.Distinct().Count());

        static float[][] Starts(string name)
        {
            using ComputeDevice device = ComputeDevice.Open(name);
            using var net = new Sequential(
                new Linear(device, 2, 5), new ReLU(), new Own(device), new Linear(device, 2, 5, seed: 9), new Linear(device, 5, 1));
            var random = new PhiloxStream(0, StreamPurpose.Initialization);
            using Sequential built = NetworkSpec.Parse("2-5-1").Build(device, Initialization.Normal, random, new BceLoss());
            return [.. net.Parameters().Concat(built.Parameters()).Select(p => p.Value.ToArray())];
        }
    }

    [Fact]
    public void ANetworkOfGivenStartTakesNothingFromTheLayersThatComeAfterIt()
    {
        Assert.Equal(After(_ => { }), After(device => NetworkSpec.Parse("2-5-1").Build(device, new BceLoss()).Dispose()));

        static float[] After(Action<ComputeDevice> act)
        {
            using ComputeDevice device = ComputeDevice.Open("cpu");
            act(device);
            return new Linear(device, 2, 5).Weight.Value.ToArray();
        }
    }

    sealed class Own : Module
    {
        readonly Linear inner;

        public Own(ComputeDevice device) => inner = Register("inner", new Linear(device, 5, 2));

        public override Variable Forward(Variable x) => inner.Forward(x);
    }
}
