using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Tensors;

namespace GpuMlp.Tests.Losses;

/// <summary>A loss on the host is the loss that devices compute, with more digits.</summary>
public class MeanOnHostTests
{
    public static TheoryData<Loss, bool, int> Cases() => new()
    {
        { new BceLoss(), true, 1 }, { new BceLoss(), false, 1 }, { new BceLoss(BceForm.Torch), true, 1 },
        { new BceWithLogitsLoss(), true, 1 }, { new BceWithLogitsLoss(), false, 1 },
        { new MseLoss(), true, 1 }, { new MseLoss(), false, 1 }, { new CrossEntropyLoss(), false, 3 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void IsTheDevices(Loss loss, bool sigmoid, int columns)
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        var linear = new Linear(device, columns, columns);
        var weights = new float[columns * columns];
        for (int k = 0; k < columns; k++) weights[k * (columns + 1)] = 1;
        linear.Weight.Value.CopyFrom(weights);
        linear.Bias.Value.CopyFrom(new float[columns]);
        using Sequential network = sigmoid ? new(linear, new Sigmoid()) { Loss = loss } : new(linear) { Loss = loss };
        // a probability where the loss takes one; far into saturation elsewhere
        float scale = loss is BceLoss && !sigmoid ? 0.01f : 3;
        float[] z = [.. Enumerable.Range(0, 99 * columns).Select(k => loss is BceLoss && !sigmoid ? k * scale : (k % 83 - 41) * scale)];
        float[] labels = [.. Enumerable.Range(0, 99).Select(k => (float)(k % Math.Max(2, columns)))];
        using Tensor x = Tensor.From(device, z, 99, columns), y = Tensor.From(device, labels, 99, 1);
        double expected = network.ComputeLoss(network.Forward(x), y).Item(), mean = loss.Mean(z, labels, sigmoid);
        Assert.InRange(mean / expected, 1 - 2e-6, 1 + 2e-6);
    }

    [Fact]
    public void RowsAndLabelsThatDoNotGoTogetherAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new MseLoss().Mean([1, 2, 3], [1, 2], false));
        Assert.Throws<ArgumentException>(() => new MseLoss().Mean([], [], false));
        Assert.Throws<ArgumentException>(() => new BceLoss().Mean([1, 2], [1], true));
        Assert.Throws<ArgumentException>(() => new CrossEntropyLoss().Mean([1, 2], [2], false));
        Assert.Throws<InvalidOperationException>(() => new BceLoss(BceForm.Torch).Mean([0.5f], [1], false));
    }

    [Fact]
    public void ASigmoidOnTheHostHasTheLayersBits()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        float[] values = [.. Enumerable.Range(-4000, 8001).SelectMany(k => (float[])[k * 1e-10f, k * 0.03f]), .. special];
        using Tensor x = Tensor.From(device, values, values.Length, 1);
        Assert.Equal(new Sigmoid().Forward(x).ToArray(), values.Select(Sigmoid.Of));
    }
}
