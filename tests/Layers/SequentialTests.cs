using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tensors;
using GpuMlp.Training;

namespace GpuMlp.Tests.Layers;

/// <summary>The tutorial's first half by hand: Forward, ComputeLoss, Backward, Step; and what it refuses.</summary>
public sealed class SequentialTests : IDisposable
{
    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    public void Dispose() => device.Dispose();

    Sequential Tutorial(Loss? loss = null) =>
        NetworkSpec.Parse("2-5-1").Build(
            device, Initialization.Normal, new PhiloxStream(1, StreamPurpose.Initialization), loss ?? new BceLoss());

    [Fact]
    public void GradientsAreThoseOfTheLossByCentralDifferences()
    {
        foreach (Loss loss in (Loss[])[new BceLoss(), new BceLoss(BceForm.Torch), new BceWithLogitsLoss()])
        {
            using Sequential network = Tutorial(loss);
            using Tensor x = Tensor.From(device, [0.3f, -0.7f, 1.1f, 0.4f, -0.2f, 0.9f], 3, 2), y = Tensor.From(device, [1f, 0f, 1f], 3, 1);
            network.ComputeLoss(network.Forward(x), y);
            network.Backward();
            foreach (Parameter parameter in network.Layers.SelectMany(l => l.Parameters()))
            {
                float[] analytic = parameter.Gradient.ToArray(), values = parameter.Value.ToArray();
                for (int k = 0; k < values.Length; k++)
                {
                    const float Step = 2e-3f;
                    float numeric = (LossAt(k, +Step) - LossAt(k, -Step)) / (2 * Step);
                    Assert.True(Math.Abs(numeric - analytic[k]) < 2e-3f, $"{loss.Name}: {numeric} against {analytic[k]}");

                    float LossAt(int at, float by)
                    {
                        float[] moved = [.. values];
                        moved[at] += by;
                        parameter.Value.CopyFrom(moved);
                        float result = network.ComputeLoss(network.Forward(x), y).Item();
                        parameter.Value.CopyFrom(values);
                        return result;
                    }
                }
            }
        }
    }

    [Fact]
    public void ALayersOwnStepIsTheNetworksStep()
    {
        using Sequential one = Tutorial(), other = Tutorial();
        using Tensor x = Tensor.From(device, [0.3f, -0.7f], 1, 2), y = Tensor.From(device, [1f], 1, 1);
        foreach (Sequential network in (Sequential[])[one, other])
        {
            network.ComputeLoss(network.Forward(x), y);
            network.Backward();
        }
        one.Step(0.1f);
        foreach (Layer layer in other.Layers) layer.Step(0.1f);
        Assert.Equal(one.Layers[0].Parameters()[0].Value.ToArray(), other.Layers[0].Parameters()[0].Value.ToArray());
    }

    [Fact]
    public void PredictGivesTheSameWhateverTheBatch()
    {
        using Sequential network = Tutorial();
        float[] points = [.. Enumerable.Range(0, 2 * 37).Select(k => MathF.Sin(k))];
        float[] whole = network.Predict(points);
        Assert.Equal(37, whole.Length);
        Assert.Equal(whole, network.Predict(points, batch: 5));
        Assert.Throws<ArgumentException>(() => network.Predict(points.AsSpan(1)));
    }

    [Fact]
    public void PredictTakesFewerRowsAtOnceWhereMemoryIsShort()
    {
        using ComputeDevice small = ComputeDevice.Open("cpu");
        small.MemoryLimit = 2 << 20;                               // 3,000 rows of 512 floats are 6 MiB, and as many after the ReLU
        Recipe recipe = new() { Net = NetworkSpec.Parse("2-512-1") };
        using Sequential whole = recipe.Build(device), parts = recipe.Build(small);
        float[] points = [.. Enumerable.Range(0, 2 * 3000).Select(k => k % 7 - 3f)];
        Assert.Equal(whole.Predict(points), parts.Predict(points));
    }

    [Fact]
    public void MisuseNamesWhatIsWrong()
    {
        using Sequential network = Tutorial();
        using Tensor x = new(device, 4, 2), wide = new(device, 4, 3), y = new(device, 4, 1), few = new(device, 3, 1);
        Assert.Throws<InvalidOperationException>(network.Backward);
        Assert.Throws<InvalidOperationException>(() => network.ComputeLoss(y, y));
        string message = Assert.Throws<ArgumentException>(() => network.Forward(wide)).Message;
        Assert.Contains("Linear(2, 5)", message, StringComparison.Ordinal);
        Assert.Contains("4 × 3", message, StringComparison.Ordinal);
        Tensor output = network.Forward(x);
        Assert.Throws<InvalidOperationException>(network.Backward);
        var e = Assert.Throws<ArgumentException>(() => network.ComputeLoss(output, few));
        Assert.Contains("3 × 1", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => network.ComputeLoss(y, y));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Step(0f));
        var relu = new ReLU();
        Assert.Throws<InvalidOperationException>(() => relu.Backward(y));
        var linear = new Linear(device, 2, 3);
        Assert.Throws<ArgumentException>(() => new Sequential(linear, new Linear(device, 4, 1)));
        Assert.Throws<ArgumentException>(() => new Sequential(linear, relu, linear));
        Assert.Throws<ArgumentException>(() => new Sequential(relu));
        Assert.Throws<ArgumentException>(() => new Sequential());
    }

    [Theory]
    [InlineData("2-0-1")]
    [InlineData("2")]
    [InlineData("2--1")]
    [InlineData("2-x-1")]
    [InlineData("2-100000001-1")]
    [InlineData("")]
    public void WidthsThatAreNoneAreRefused(string net) => Assert.Throws<FormatException>(() => NetworkSpec.Parse(net));

    [Fact]
    public void ToStringTellsTheArchitectureAndTheParameterCount()
    {
        using Sequential network = Tutorial();
        Assert.Contains("(0): Linear(2, 5)", network.ToString(), StringComparison.Ordinal);
        Assert.Contains("21 parameters", network.ToString(), StringComparison.Ordinal);
    }
}
