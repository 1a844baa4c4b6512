using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;

namespace GpuMlp.Tests.Layers;

/// <summary>A network of many inputs on a plane of two gives what the whole network gives there.</summary>
public class NetworkSliceTests
{
    static readonly double[] At = [0.3, -1.2, 7, 0.5];

    [Theory]
    [InlineData("4-1", 0, 1)]
    [InlineData("4-7-1", 2, 0)]
    [InlineData("4-30-9-1", 1, 3)]
    [InlineData("4-65-5-1", 3, 2)]
    public void ItsValuesAreTheWholeNetworks(string net, int x, int y)
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = Build(device, net, 3), other = Build(device, net, 4);
        using var slice = new NetworkSlice(network, x, y, At);
        (float X, float Y)[] points = [(0, 0), (1.5f, -2), (-3, 0.25f)];
        Check(network);
        var parameters = new float[other.Arena.Length];
        device.CopyToHost(other.Arena.Values, parameters);
        slice.Load(parameters);
        Check(other);
        network.LoadParameters(parameters);
        slice.Update();
        Check(other);

        void Check(Sequential whole)
        {
            float[] inputs = [.. points.SelectMany(p => At.Select((value, k) => k == x ? p.X : k == y ? p.Y : (float)value))];
            float[] expected = whole.PredictLogits(inputs);
            float[] actual = slice.Network.PredictLogits([.. points.SelectMany(p => new[] { p.X, p.Y })]);
            for (int k = 0; k < expected.Length; k++) Assert.Equal(expected[k], actual[k], 1e-4f * (1 + Math.Abs(expected[k])));
            Assert.Contains(expected, value => Math.Abs(value) > 0.01);
        }
    }

    [Fact]
    public void WhatIsNoPlaneOfItIsRefused()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = Build(device, "4-3-1", 1);
        Assert.Throws<ArgumentException>(() => new NetworkSlice(network, 0, 1, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkSlice(network, 0, 0, At));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkSlice(network, 0, 4, At));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkSlice(network, -1, 2, At));
        using var slice = new NetworkSlice(network, 0, 1, At);
        Assert.Throws<ArgumentException>(() => slice.Load([1, 2]));
    }

    static Sequential Build(ComputeDevice device, string net, ulong seed) => NetworkSpec.Parse(net)
        .Build(device, Initialization.Uniform, new PhiloxStream(seed, StreamPurpose.Initialization), new BceLoss());
}
